/** What decides elsewhere which Spark, Java and Python modules are used, and how Spark's daemons are started. */
const OF_ANOTHER_SPARK = /^(SPARK_|PYSPARK_|PYTHONPATH$|PYTHONHOME$)/;

/** The environment of this process without another Spark's settings, which would be taken in place of those made here. */
export function sparkEnvironment(settings: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_ANOTHER_SPARK.test(name)));
  return { ...env, ...settings };
}
