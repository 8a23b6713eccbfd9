"""MySQL and MariaDB as Django knows them, with fewer questions that only keep house."""
