"""What a built district offers a test: typed ids."""

from __future__ import annotations

from dataclasses import dataclass

from service.accounts.roles import Role


@dataclass(frozen=True)
class Place:
    """Ids of one district's rows; ``other_…`` belong to the street (another township of the same district)."""

    district_id: str
    township: str
    other_township: str
    village: str
    other_village: str
    home: str
    station: str
    other_station: str
    grid: str
    bare_grid: str
    """Looked after by ``station``, but without any deputy."""
    other_grid: str
    primary: str
    """PRIMARY of ``grid``; two mandates, TOWN and COUNTY."""
    backup: str
    duty_deputy: str
    """On duty at ``station`` every day of :data:`DUTY_DAYS` from :data:`FIRST_DUTY`; only TOWN."""
    group_member: str
    """On the roster of ``station``, in the professional group that knows 道路交通."""
    spare: str
    """On the roster of ``station``, nothing else."""
    other_primary: str
    """PRIMARY of ``other_grid``, on the roster of ``other_station`` and on duty there."""
    other_backup: str
    city_deputy: str
    province_deputy: str
    township_unit: str
    other_township_unit: str
    district_unit: str
    company_unit: str
    """A district unit that is not government (供电公司)."""
    territorial_group: str
    professional_group: str
    scan_code: str
    """Of ``station``, bound to no grid."""
    grid_code: str
    """Of ``station``, bound to ``grid``."""
    other_scan_code: str
    categories: dict[str, str]
    """Title → id."""
    accounts: dict[Role, str]
    """One per role: the deputy is ``primary``, station roles are of ``station``, unit roles of ``township_unit``."""
    other_accounts: dict[Role, str]
    """Same roles elsewhere in the district: resident, deputy (``other_primary``), station, township and unit roles."""
    district_unit_accounts: dict[Role, str]
    """unit_clerk and unit_leader of ``district_unit``."""
    deputy_accounts: dict[str, str]
    """Deputy id → account id, for every deputy of the district."""
    codes: dict[str, str]
    """Account id → the WeChat code that signs it in (tests' FakeWeChat)."""

    @property
    def deputies(self) -> tuple[str, ...]:
        return tuple(self.deputy_accounts)


@dataclass(frozen=True)
class World:
    """``a`` is where tests happen; ``b`` has the same shape and must stay out of sight."""

    a: Place
    b: Place
