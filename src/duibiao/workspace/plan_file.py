"""Reads a plan file that belongs to no pack: an amended plan, or a draft, held against the packs' vocabulary."""

from pathlib import Path

from duibiao.kernel.problem import Report, Where
from duibiao.kernel.reading import read_yaml
from duibiao.plan.entries import World
from duibiao.plan.load import PlanLoader
from duibiao.plan.model import Plan
from duibiao.workspace.pack import Content


def read_plan_file(path: Path, content: Content) -> Plan:
    """Read one plan file. It may have the code of a plan of the packs, which then stands aside.

    Raises UserError with every problem when one of them is an error.
    """
    report = Report()
    if not path.is_file():
        report.add("PACK-FILE-MISSING", Where(path.name))
        report.refuse_errors()
    record = read_yaml(path, path.name, report)
    report.refuse_errors()
    world = World(content.indicators, content.units, content.sources, content.departments)
    loader = PlanLoader(world, report)
    own = record.optional("code")
    loader.plans.update({code: plan for code, plan in content.plans.by_code.items() if code != own})
    found = loader.read(record)
    loader.finish()
    report.refuse_errors()
    return found
