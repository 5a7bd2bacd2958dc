"""How long it takes to perform and freeze an evaluation, and to verify it: ``python -m benchmarks.evaluations [DATA]``.

The real packs: the closing evaluation of the five-year plan and the annual evaluation of the eight action plans, in
turn, so that a busy machine is busy for both; with a data folder also with the figures of its districts. Fails nothing.
"""

import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.measure import Seconds, once, told
from duibiao.evaluations.freeze import EvaluationSources, freeze
from duibiao.evaluations.material import EvaluationRequest
from duibiao.evaluations.record import EvaluationKind
from duibiao.evaluations.verify import verify
from duibiao.workspace import Workspace
from duibiao.workspace.data_folder import DataFolder

PACKS = Path(__file__).resolve().parents[1] / "packs"
ROUNDS = 5


def measured(sources: EvaluationSources, wanted: str, kind: EvaluationKind) -> tuple[Seconds, Seconds]:
    """The median times of freezing and of verifying one evaluation, each round in a folder of its own."""
    frozen: list[Seconds] = []
    verified: list[Seconds] = []

    def asked(workspace: Workspace) -> EvaluationRequest:
        return EvaluationRequest(wanted, kind, workspace.reference_date)

    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            found: list[Path] = []
            frozen.append(once(lambda: found.append(freeze(sources, asked, Path(folder))[0].folder)))  # noqa: B023
            verified.append(once(lambda: verify(found[0])))  # noqa: B023
    return _median(frozen), _median(verified)


def _median(found: list[Seconds]) -> Seconds:
    return Seconds(median(one.wall for one in found), median(one.cpu for one in found))


def main() -> None:
    """Print the times and their ratio."""
    kinds = (("five-year-14", EvaluationKind.FINAL), ("action-plans", EvaluationKind.ANNUAL))
    cases = [("published values", EvaluationSources(PACKS))]
    if len(sys.argv) > 1:
        cases.append(("with the districts", EvaluationSources(PACKS, data=DataFolder(Path(sys.argv[1])))))
    for name, sources in cases:
        for wanted, kind in kinds:
            made, checked = measured(sources, wanted, kind)
            told(f"{wanted}, {name}: perform and freeze", made)
            told(f"{wanted}, {name}: verify", checked, f"{checked.cpu / made.cpu:.2f} of performing")


if __name__ == "__main__":
    main()
