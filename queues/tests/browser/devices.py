"""What people look at NextPatient with."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import ViewportSize


@dataclass(frozen=True)
class Device:
    name: str
    width: int
    height: int
    is_touched: bool

    @property
    def viewport(self) -> ViewportSize:
        return {"width": self.width, "height": self.height}


PHONE = Device("phone", 390, 844, is_touched=True)
TABLET = Device("tablet", 820, 1180, is_touched=True)
KIOSK = Device("kiosk", 1080, 1920, is_touched=True)
DESK = Device("desk", 1440, 900, is_touched=False)
WALL = Device("wall", 1920, 1080, is_touched=False)
