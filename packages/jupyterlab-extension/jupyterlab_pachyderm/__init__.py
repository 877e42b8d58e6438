"""Where JupyterLab finds the two halves: the prebuilt panel and the server extension."""

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyterlab-pachyderm"}]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    # Kernels import this package to read files, and need nothing of Jupyter's server for that.
    from .extension import PachydermExtension

    return [{"module": "jupyterlab_pachyderm", "app": PachydermExtension}]
