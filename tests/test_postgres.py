import pytest

from tests.postgres import running_cluster


@pytest.mark.postgres
def test_a_cluster_is_gone_after_its_block() -> None:
    with running_cluster() as cluster:
        assert cluster.ready()
        cluster.create("some")
    assert not cluster.ready()
