async def test_x(ask):
    from structlog.testing import capture_logs
    with capture_logs() as l:
        a = await ask("{hello}")
    print(l, a.text)
    assert 0
