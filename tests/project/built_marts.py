"""Looking at the marts of a built warehouse."""

__all__ = ["MARTS", "columns_of", "fingerprints"]

MARTS = ["retail_banking", "investment_banking", "wealth_management", "enterprise"]


def columns_of(database, schemas):
    return database.execute(
        """
        select table_schema || '.' || table_name, column_name, data_type
        from information_schema.columns
        where table_schema in (select unnest(?))
        order by all
        """,
        [schemas],
    ).fetchall()


def fingerprints(database):
    """One hash per mart over all of its rows, and how many there are."""
    marts = sorted({table for table, _, _ in columns_of(database, MARTS)})
    return {
        mart: database.execute(
            f"""
            select count(*), md5(string_agg(line, chr(10) order by line))
            from (select cast(mart as varchar) as line from {mart} as mart)
            """
        ).fetchone()
        for mart in marts
    }
