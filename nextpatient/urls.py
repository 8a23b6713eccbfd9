"""Every address of the house."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path, re_path

from queues.api.root import api
from queues.rules.status import Move
from queues.views import (
    agenda,
    appointments,
    consultations,
    desk,
    doctor,
    finding,
    front,
    history,
    kiosk,
    paper,
    patients,
    people,
    reception,
    schedule,
    settings,
    visit,
    wall,
)
from queues.views.book import appointment, find, mine, wait, waiting, who

at_desk = [
    path("", desk.desk, name="desk"),
    path("find/", finding.find, name="find"),
    path("state/", desk.set_state, name="set-state"),
    path("message/", desk.set_message, name="set-message"),
    path("alarms/<uuid:alarm>/", desk.answer_alarm, name="answer-alarm"),
    path("settings/", settings.settings, name="settings"),
    path("reception/", reception.reception, name="reception"),
    path("reception/register/", reception.register, name="register"),
    path("reception/<uuid:patient>/", reception.issue, name="issue"),
    path("paper/", paper.paper, name="paper"),
    path("paper/sheet/", paper.sheet, name="paper-sheet"),
    path("paper/sheet/<uuid:first>/", paper.sheet, name="paper-numbers"),
    path("paper/take-in/", paper.take_in, name="take-in"),
    path("tokens/<uuid:token>/", desk.token, name="token"),
    path("tokens/<uuid:token>/move/", desk.move, name="move"),
    path("counters/<str:counter>/", desk.work_counter, name="counter"),
    path("counters/<str:counter>/next/", desk.call_next, name="call-next"),
    path(
        "counters/<str:counter>/complete-next/",
        desk.complete_and_call_next,
        name="complete-and-call-next",
    ),
]
at_kiosk = [
    path("", kiosk.start, name="kiosk"),
    path("start-again/", kiosk.start_again, name="kiosk-start-again"),
    path("here/", kiosk.here, name="kiosk-here"),
    path("help/", kiosk.call_help, name="kiosk-help"),
    path("ticket/", kiosk.ticket, name="kiosk-ticket"),
    path("manifest.webmanifest", kiosk.manifest, name="kiosk-manifest"),
    path("<str:asked>/", kiosk.question, name="kiosk-question"),
]
on_phone = [
    path("", visit.visit, name="visit"),
    path("late/", visit.move, {"wanted": Move.HOLD}, name="visit-late"),
    path("back/", visit.move, {"wanted": Move.RESUME}, name="visit-back"),
    path("cancel/", visit.cancel, name="visit-cancel"),
    path("language/", visit.language, name="visit-language"),
]
at_doctor = [
    path("next/", doctor.call_next, name="doctor-next"),
    path("room/", doctor.work_room, name="doctor-room"),
    path("late/", doctor.run_late, name="doctor-late"),
    path("tokens/<uuid:token>/", doctor.move, name="doctor-move"),
    path("appointments/<uuid:appointment>/", doctor.appointment, name="doctor-appointment"),
]
in_room = [
    path("", consultations.consultation, name="consultation"),
    path("complete/", consultations.complete, name="complete-consultation"),
    path("take-back/", consultations.take_back, name="take-back-consultation"),
    path("addendum/", consultations.add, name="addendum"),
    path("follow-up/", consultations.follow_up, name="follow-up"),
    path("prescription/", consultations.prescription, name="prescription"),
]
in_portal = [
    path("", find.find, name="book"),
    path("doctor/<uuid:doctor>/", find.doctor, name="book-doctor"),
    path("time/<uuid:slot>/", who.who, name="book-time"),
    path("time/<uuid:slot>/check/", who.check, name="book-check"),
    path("wait/", wait.wait, name="book-wait"),
    path("wait/who/", wait.who, name="wait-who"),
    path("wait/check/", wait.check, name="wait-check"),
    path("forget/", who.forget_me, name="book-forget"),
    path("mine/", mine.mine, name="mine"),
    path("m/<str:signed>/", mine.my_appointments, name="my-appointments"),
    path("m/<str:signed>/another/", mine.another, name="book-another"),
    path("a/<str:secret>/", appointment.page, name="booking"),
    path("a/<str:secret>/confirm/", appointment.confirm, name="booking-confirm"),
    path("a/<str:secret>/move/", appointment.move, name="booking-move"),
    path("a/<str:secret>/cancel/", appointment.cancel, name="booking-cancel"),
    path("a/<str:secret>/here/", appointment.here, name="booking-here"),
    path("a/<str:secret>/again/", appointment.again, name="booking-again"),
    path("a/<str:secret>/language/", appointment.language, name="booking-language"),
    path("a/<str:secret>/appointment.ics", appointment.ics, name="booking-calendar"),
    path("w/<str:secret>/", waiting.page, name="waiting"),
    path("w/<str:secret>/accept/", waiting.accept, name="waiting-accept"),
    path("w/<str:secret>/leave/", waiting.leave, name="waiting-leave"),
    path("w/<str:secret>/language/", waiting.language, name="waiting-language"),
]
record = [
    path("", patients.patient, name="patient"),
    path("correct/", patients.correct, name="correct"),
    path("merge/", patients.merge, name="merge"),
    path("active/", patients.set_active, name="set-active"),
]
weeks = [
    path("", schedule.week, name="schedule"),
    path("settings/", schedule.set_clinic, name="schedule-settings"),
    path("doctors/new/", schedule.add_doctor, name="new-doctor"),
    path("doctors/<uuid:doctor>/", schedule.doctor, name="schedule-doctor"),
    path("doctors/<uuid:doctor>/change/", schedule.change_doctor, name="change-doctor"),
    path("doctors/<uuid:doctor>/<slug:kind>/new/", schedule.add_entry, name="schedule-add"),
    path("sessions/<uuid:session>/", schedule.session, name="schedule-session"),
    path("sessions/<uuid:session>/room/", schedule.set_room, name="schedule-room"),
    path("slots/<uuid:slot>/", schedule.resize, name="schedule-slot"),
    path("<slug:kind>/<uuid:entry>/", schedule.change_entry, name="schedule-entry"),
    path("<slug:kind>/<uuid:entry>/remove/", schedule.remove_entry, name="schedule-remove"),
]
of_appointments = [
    path("new/", appointments.new_appointment, name="new-appointment"),
    path("today/", agenda.agenda, name="appointments"),
    path("waitlist/<uuid:entry>/", agenda.work_waitlist, name="work-waitlist"),
    path("<uuid:appointment>/step/", agenda.work, name="work-appointment"),
    path("<uuid:appointment>/move/", appointments.reschedule, name="move-appointment"),
    path("<uuid:appointment>/name/", appointments.name_booking, name="name-booking"),
]
urlpatterns = [
    path("", front.front, name="front"),
    re_path("^staff/?$", front.staff),
    re_path("^display/?$", front.walls, name="displays"),
    re_path("^docs/?$", front.docs, name="docs"),
    path("api/docs/", front.docs),
    path("favicon.ico", front.icon),
    path("robots.txt", front.robots),
    path("login/", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("desk/", desk.desks, name="desks"),
    path("desk/<slug:clinic>/<str:department>/", include(at_desk)),
    path("patients/", people.patients, name="patients"),
    path("patients/new/", people.new_patient, name="new-patient"),
    path("patients/<uuid:patient>/", include(record)),
    path("schedule/", include(weeks)),
    path("appointments/", include(of_appointments)),
    path("doctor/", doctor.doctor, name="doctor"),
    path("doctor/<uuid:doctor>/", include(at_doctor)),
    path("consultations/", consultations.consultations, name="consultations"),
    path("consultations/new/<uuid:what>/", consultations.new, name="new-consultation"),
    path("consultations/<uuid:consultation>/", include(in_room)),
    path("events/<slug:clinic>/<str:department>/", history.history, name="history"),
    path("events/<slug:clinic>/<str:department>/export.csv", history.export, name="export"),
    path("book/", include(in_portal)),
    path("kiosk/<slug:clinic>/", include(at_kiosk)),
    path("t/<str:secret>/", include(on_phone)),
    path("display/<slug:clinic>/", wall.display, name="display"),
    path("clips/<slug:version>/<slug:language>/<slug:name>.wav", wall.clip, name="clip"),
    path("api/", api.urls),
    path("admin/", admin.site.urls),
]
