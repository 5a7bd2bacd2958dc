"""Publishing as a job: one at a time, its state told truly also after the process that ran it is gone."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from duibiao.kernel.problem import UserError, Where, problem
from duibiao.store.durable import locked
from duibiao.views.reporting.publishing import PublishingJob, PublishingStage, publishing_job_page
from duibiao.web.publishing import KEPT, STATE, PublishingJobs, Told


@pytest.fixture
def jobs(tmp_path: Path) -> PublishingJobs:
    return PublishingJobs(tmp_path)


def ended(jobs: PublishingJobs, name: str) -> PublishingJob:
    """The job once it is over."""
    until = monotonic() + 30
    while monotonic() < until:
        found = jobs.job(name)
        assert found is not None
        if not found.is_running and found.finished:
            return found
        sleep(0.01)
    raise AssertionError("the job did not end")


def test_a_job_tells_its_stages_and_its_end(jobs: PublishingJobs) -> None:
    go, seen = threading.Event(), threading.Event()

    def work(told: Told) -> None:
        go.wait(20)
        told(PublishingStage.COMPUTING, "abcd")
        seen.wait(20)

    job = jobs.start("2025学年", "发布人", work)
    first = jobs.job(job.id)
    assert first is not None
    assert (first.stage, first.snapshot, first.is_running) == (PublishingStage.WRITING, "", True)
    with pytest.raises(UserError) as caught:
        jobs.start("又一次", "另一人", work)
    assert [one.code for one in caught.value.problems] == ["WEB-PUBLISHING"]
    assert "发布人正在发布“2025学年”" in str(caught.value)
    go.set()
    until = monotonic() + 20
    while (now := jobs.job(job.id)) and now.stage is PublishingStage.WRITING and monotonic() < until:
        sleep(0.01)
    assert now is not None
    assert (now.stage, now.snapshot) == (PublishingStage.COMPUTING, "abcd")
    seen.set()
    done = ended(jobs, job.id)
    assert (done.stage, done.snapshot, done.problems) == (PublishingStage.DONE, "abcd", ())
    assert jobs.latest() == done
    assert jobs.start("再次", "另一人", lambda _: None).title == "再次"


def refused(_: Told) -> None:
    raise UserError([problem("STORE-NOTHING", Where("store"))])


def broken(_: Told) -> None:
    raise RuntimeError("a fault of ours")


@pytest.mark.parametrize(("work", "code"), [(refused, "STORE-NOTHING"), (broken, "WEB-FAULT")])
def test_what_goes_wrong_is_told_with_its_problem(
    jobs: PublishingJobs, work: Callable[[Told], None], code: str
) -> None:
    failed = ended(jobs, jobs.start("失败的", "发布人", work).id)
    assert failed.stage is PublishingStage.FAILED
    assert [one.code for one in failed.problems] == [code]
    page = publishing_job_page(failed, None)
    assert "没有发布任何数据" in page.sentence.zh


def test_a_job_whose_process_is_gone_is_interrupted_and_does_not_block(jobs: PublishingJobs) -> None:
    job = ended(jobs, jobs.start("发布", "发布人", lambda _: None).id)
    path = jobs.folder / job.id / STATE
    state = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**state, "stage": "writing", "finished": ""}), encoding="utf-8")
    with locked(jobs.folder / job.id):  # another worker is still at it
        assert jobs.latest() is not None
        running = jobs.job(job.id)
        assert running is not None
        assert running.stage is PublishingStage.WRITING
    gone = jobs.job(job.id)
    assert gone is not None
    assert gone.stage is PublishingStage.INTERRUPTED
    assert "可以重新发布" in publishing_job_page(gone, None).sentence.zh
    again = jobs.start("重新发布", "发布人", lambda _: None)
    assert ended(jobs, again.id).stage is PublishingStage.DONE


def test_names_that_are_none_find_nothing_and_old_jobs_go(jobs: PublishingJobs) -> None:
    for name in ("", "..", "20250101-000000-zzzzzz", "20250101-000000-abcdef"):
        assert jobs.job(name) is None
    assert jobs.latest() is None
    for _ in range(KEPT + 2):
        ended(jobs, jobs.start("发布", "发布人", lambda _: None).id)
    assert len(list(jobs.folder.glob("2*"))) == KEPT
