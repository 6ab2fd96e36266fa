"""Where the models are that the gate and the engine are tested with."""

from pathlib import Path

MODELS = Path(__file__).parents[2] / "models"
SOUND = sorted((MODELS / "sound").iterdir())
UNSOUND = sorted((MODELS / "unsound").iterdir())


def rule_of(model: Path) -> str:
    """The rule by which an unsound model must be refused: the first part of its name."""
    return model.name.partition("__")[0]
