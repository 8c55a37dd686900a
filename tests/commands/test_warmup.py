from .cli import call


def test_warming_up_says_how_long_it_took_and_where_it_is_kept() -> None:
    said = call("warmup")
    assert said.code == 0
    assert said.out.startswith("compiled in ")
    assert "kept in " in said.out
