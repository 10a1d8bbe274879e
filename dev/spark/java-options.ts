/**
 * Options for a JVM in the one string that Spark's scripts take, for example in SPARK_DAEMON_JAVA_OPTS. They take it apart at
 * blanks as a shell does, so each option stands in quotes: a folder may have a blank in its name.
 */
export function javaOptions(flags: readonly string[], properties: Readonly<Record<string, string | number>>): string {
  const options = [...flags, ...Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)];
  return options.map((option) => `"${option.replace(/["\\]/g, '\\$&')}"`).join(' ');
}
