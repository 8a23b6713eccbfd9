"""Every setting, read from the environment, then `.env`, then the keys this machine made.

`.env.example` lists what can be set. Nothing here is a secret.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from queues.rules.keyring import keyring
from queues.rules.limits import RATES as USUAL_RATES
from queues.rules.limits import Door, Rate

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"  # what this machine makes for itself: git-ignored
VERSION = "0.1"  # told by backups and meters

env = environ.Env()
for kept in (BASE_DIR / ".env", VAR / "keys.env"):
    if kept.is_file():
        env.read_env(str(kept))  # what is set already wins

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")  # ./dev makes these keys where nobody gives them
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # the ones before it
LINK_KEY = env.str("LINK_KEY")  # makes the secrets of patients' links
EVENT_KEYS = env.str("EVENT_KEYS")  # sign the history
keyring(EVENT_KEYS)  # a mistake in them is told now, and not at the first event
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
IS_HTTPS = PUBLIC_URL.startswith("https://")

ALLOWED_HOSTS = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    *filter(None, [urlsplit(PUBLIC_URL).hostname]),
    *env.list("ALLOWED_HOSTS", default=[]),
]
# The proxies whose word about a client counts (nextpatient/proxies.py), and who may see /metrics.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=["127.0.0.1", "::1"])
METRICS_ALLOW = env.list("METRICS_ALLOW", default=["127.0.0.0/8", "::1"])
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_HEADERS = ["authorization", "content-type", "idempotency-key", "if-none-match"]
CORS_EXPOSE_HEADERS = ["etag", "retry-after", "x-request-id"]

INSTALLED_APPS = [
    # First, so that `manage.py runserver` is daphne's; with it comes Twisted, a third of all that is
    # loaded, which nothing else needs.
    *(["daphne"] if "runserver" in sys.argv[1:2] else []),
    "channels",
    "corsheaders",
    "django_htmx",
    "ninja",  # serves its Swagger page from here, not from a CDN
    "nextpatient",  # checks the settings, hears what is told of accounts
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "queues",  # after allauth, whose tables it keeps out of the back office
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # what pages may do is no business of their parts
    "nextpatient.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "nextpatient.head.HeadMiddleware",
    "nextpatient.problems.ProblemsMiddleware",
    "nextpatient.limits.LimitsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "nextpatient.shifts.ShiftMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "nextpatient.urls"
ASGI_APPLICATION = "nextpatient.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Databases. READ COMMITTED and short waits on MySQL and MariaDB; SQLite writes are serialised
# from BEGIN on, and its file survives a pulled plug (synchronous=FULL is its default).
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR}/nextpatient.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        charset="utf8mb4",
        isolation_level="read committed",
        connect_timeout=5,  # a server that is gone is told from one that is slow
        init_command="SET SESSION innodb_lock_wait_timeout = 3, sql_mode = 'STRICT_TRANS_TABLES'",
    )
    DATABASES["default"]["ENGINE"] = "nextpatient.mysql"
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
else:
    VAR.mkdir(exist_ok=True)
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE", timeout=20, init_command="PRAGMA journal_mode = WAL;"
    )
    DATABASES["default"]["CONN_MAX_AGE"] = 60

# Hints between processes, and what may be forgotten: in memory, or in Redis.
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "nextpatient.lasting_cache.LastingRedisCache",
            "LOCATION": REDIS_URL,
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},  # of 300, its default, one crowd leaves no count
        }
    }

# Open sockets of a process: all of them, and those of one address (a hospital's Wi-Fi is one).
SOCKETS = env.int("SOCKETS", default=20_000)
SOCKETS_OF_A_NETWORK = env.int("SOCKETS_OF_A_NETWORK", default=12_000)

AUTH_USER_MODEL = "queues.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desks"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "front"

# Accounts are allauth's (nextpatient/accounts.py). How often a door opens, we count ourselves.
SECOND_FACTOR = env.str("SECOND_FACTOR", default="admins")  # of whom one is asked: rules/shifts.py
ACCOUNT_ADAPTER = "queues.views.accounts.adapters.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # addresses are given by administrators
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105  # nosec B105
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes with the browser
_FORMS = "queues.forms.accounts."
ACCOUNT_FORMS = {
    "login": _FORMS + "LogInForm",
    "reauthenticate": _FORMS + "PasswordAgainForm",
    "change_password": _FORMS + "ChangePasswordForm",
    "set_password": _FORMS + "SetPasswordForm",
    "reset_password": _FORMS + "ForgottenPasswordForm",
    "reset_password_from_key": _FORMS + "NewPasswordForm",
}
MFA_ADAPTER = "queues.views.accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "NextPatient"
MFA_TOTP_TOLERANCE = 1  # half a minute, by which a phone's clock may be wrong
MFA_FORMS = {
    "authenticate": _FORMS + "SecondFactorForm",
    "reauthenticate": _FORMS + "CodeAgainForm",
    "activate_totp": _FORMS + "NewAppForm",
    "add_webauthn": _FORMS + "NewPasskeyForm",
    "edit_webauthn": _FORMS + "PasskeyNameForm",
}

# The hospital's directory, by OpenID Connect: these settings are all it takes.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_ORIGINS = env.list("OIDC_ORIGINS", default=[])  # of its log-in page, if not the issuer's
if OIDC_ISSUER and not OIDC_ORIGINS:
    OIDC_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))]
SOCIALACCOUNT_ADAPTER = "queues.views.accounts.adapters.DirectoryAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "directory",
                "name": env.str("OIDC_NAME", default="") or "OpenID",
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

# Mails of accounts. Without a mail server they are printed, but not where the log is a hospital's:
# whoever reads them could set a new password.
EMAIL_URL = env.str("EMAIL_URL", default="") or ("dummymail://" if IS_HTTPS else "consolemail://")
SENDS_MAIL = not EMAIL_URL.startswith("dummymail")
MAIL_ARRIVES = SENDS_MAIL and not EMAIL_URL.startswith("consolemail")
_mail = env.email_url_config(EMAIL_URL)
EMAIL_BACKEND, EMAIL_FILE_PATH = _mail["EMAIL_BACKEND"], _mail["EMAIL_FILE_PATH"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = (
    env.str("EMAIL_FROM", default="") or f"nextpatient@{urlsplit(PUBLIC_URL).hostname}"
)

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("es", "Español"),
    ("hi", "हिन्दी"),
    ("ar", "العربية"),
    ("fr", "Français"),
    ("ta", "தமிழ்"),
]
LOCALE_PATHS = [BASE_DIR / "queues" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or VAR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
CLIPS = Path(env.str("CLIPS", default="") or VAR / "clips")  # what walls say: `manage.py clips`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "nextpatient.storage.CollectedFiles"},
}

# The signed heads of the ledgers, which are of use only outside the database.
HEADS = Path(env.str("HEADS", default="") or VAR / "heads")
RETENTION_DAYS = env.int("RETENTION_DAYS", default=0)  # after which a day's ledgers go; 0: never

# The largest request that anyone has a reason to send.
LARGEST_REQUEST = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST
THREADS = env.int("THREADS", default=3)  # of each process; each keeps one database connection

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# What a page of ours may load: what this server gives, and no script or style within the page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF, *OIDC_ORIGINS],  # log-in by the directory leads there
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# How often each door opens (queues/rules/limits.py): LIMITS=look_up=30/60,key=2000/1
RATES = {
    **USUAL_RATES,
    **{
        Door(door): Rate.read(rate)
        for door, rate in (one.split("=", 1) for one in env.list("LIMITS", default=[]))
    },
}

LOG_FORMAT = env.str("LOG_FORMAT", default="") or ("json" if IS_HTTPS else "line")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "nextpatient.logs.JsonLine"},
        "line": {
            "()": "nextpatient.logs.Line",
            "format": "{asctime} {levelname} {request_id} {name}: {message}",
            "style": "{",
        },
    },
    "filters": {
        "routes": {"()": "nextpatient.logs.NameRoutes"},
        "mask": {"()": "nextpatient.logs.MaskLinks"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
            "filters": ["routes", "mask"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},  # its own handlers mask nothing
        "django.request": {"level": "ERROR"},  # a refusal is no news
        "channels_redis": {"level": "CRITICAL"},  # a traceback a second while Redis is away
        "uvicorn.access": {"level": "CRITICAL"},  # it would write every path
        # One line a request is for programs; at a terminal it would bury what matters.
        "nextpatient.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
    },
}
