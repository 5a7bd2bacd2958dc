-- count(kind = 'a%b_' or starts(kind, '3\') or a > 1)
-- why: words of a user stay words in every dialect
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    (
      (
        (
          "school_kind" = 'a%b_'
        ) OR (
          LEFT("school_kind", 2) = '3\'
        )
      )
      OR (
        "a" > 1
      )
    )
  ) AS "s1",
  COUNT(
    CASE
      WHEN (
        (
          (
            "school_kind" = 'a%b_'
          ) OR (
            LEFT("school_kind", 2) = '3\'
          )
        )
        OR (
          "a" > 1
        )
      )
      THEN 1
    END
  ) AS "s2"
FROM "rows_school"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    (
      (
        (
          "school_kind" = 'a%b_'
        ) OR (
          LEFT("school_kind", 2) = '3\'
        )
      )
      OR (
        CAST("a" AS DECIMAL) > 1
      )
    )
  ) AS "s1",
  COUNT(
    CASE
      WHEN (
        (
          (
            "school_kind" = 'a%b_'
          ) OR (
            LEFT("school_kind", 2) = '3\'
          )
        )
        OR (
          CAST("a" AS DECIMAL) > 1
        )
      )
      THEN 1
    END
  ) AS "s2"
FROM "rows_school"
GROUP BY
  "year",
  "district";
