"""Group, aggregate and broadcast back."""

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    """Summarise the salaries of every department.

    Args:
        df: one row per person, with the columns `department` (text or category, may be
            missing) and `salary` (number, may be missing); any index.

    Returns:
        One row per department; index `department`; columns `mean`, `max`, `headcount`,
        `paid`; highest mean first.
    """
    raise NotImplementedError


def share_of_department(df: pd.DataFrame) -> pd.Series:
    """Divide each salary by the total of its department.

    Args:
        df: as above.

    Returns:
        One share per row of `df`, with the index of `df`.
    """
    raise NotImplementedError
