import base64

from tilstand.pipeline.outputs.takeaway import write_files


def test_every_form_is_written_once(tmp_path):
    for folder in ("data", "figures"):
        (tmp_path / folder).mkdir()
    svg = '<svg viewBox="0 0 360 144" width="480" height="192"></svg>'
    drawn = {"wide": svg, "narrow": svg, "png": base64.b64encode(b"P").decode()}
    exhibit = {"csv": "a\n1\n", "title": "t", "subtitle": "", "source": "", "images": drawn}

    write_files(exhibit, "elevtall-trend", tmp_path)

    got = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert got == [
        "data/elevtall-trend.csv",
        "data/elevtall-trend.xlsx",
        "figures/elevtall-trend.png",
        "figures/elevtall-trend.svg",
    ]
    assert (tmp_path / "figures" / "elevtall-trend.png").read_bytes() == b"P"
