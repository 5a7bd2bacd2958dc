-- count(a > 1 where c > 2 or ownership = 'private')
-- why: a unit whose condition is unknown is expected
SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    CASE
      WHEN COALESCE((
        (
          "c" > 2
        ) OR (
          "ownership" = 'private'
        )
      ), TRUE)
      THEN 1
    END
  ) AS "s1",
  COUNT(
    CASE
      WHEN (
        (
          "c" > 2
        ) OR (
          "ownership" = 'private'
        )
      )
      THEN (
        "a" > 1
      )
    END
  ) AS "s2",
  COUNT(
    CASE
      WHEN (
        (
          "c" > 2
        ) OR (
          "ownership" = 'private'
        )
      ) AND (
        "a" > 1
      )
      THEN 1
    END
  ) AS "s3"
FROM "rows_school"
GROUP BY
  "year",
  "district";

SELECT
  "year",
  "district",
  COUNT(*) AS "s0",
  COUNT(
    CASE
      WHEN COALESCE(
        (
          (
            CAST("c" AS DECIMAL) > 2
          ) OR (
            "ownership" = 'private'
          )
        ),
        TRUE
      )
      THEN 1
    END
  ) AS "s1",
  COUNT(
    CASE
      WHEN (
        (
          CAST("c" AS DECIMAL) > 2
        ) OR (
          "ownership" = 'private'
        )
      )
      THEN (
        CAST("a" AS DECIMAL) > 1
      )
    END
  ) AS "s2",
  COUNT(
    CASE
      WHEN (
        (
          CAST("c" AS DECIMAL) > 2
        ) OR (
          "ownership" = 'private'
        )
      )
      AND (
        CAST("a" AS DECIMAL) > 1
      )
      THEN 1
    END
  ) AS "s3"
FROM "rows_school"
GROUP BY
  "year",
  "district";
