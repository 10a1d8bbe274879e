/**
 * What decides elsewhere which Spark, Java options and Python modules are used. Not the variables of our job, which begin with
 * SPARK_ as well (spark/messages_spark/config.py).
 */
const OF_ANOTHER_SPARK = /^(SPARK_(?!TRIGGER_|BATCH_|FOLLOWER_|SPLIT_)|PYSPARK_|PYTHONPATH$|PYTHONHOME$)/;

/** The environment of this process without another Spark's settings, which would be taken in place of those made here. */
export function sparkEnvironment(settings: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_ANOTHER_SPARK.test(name)));
  return { ...env, ...(isUtf8(env) ? {} : { LC_ALL: 'C.UTF-8' }), ...settings };
}

/** Java reads its arguments, among them names of files, in the locale's letters. */
function isUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
