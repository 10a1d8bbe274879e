/** The Python that creates the virtual environments. */
export function pythonProgram(): string {
  return process.env.PYTHON || 'python3';
}

/** For venv and pip, which may need proxy and package index settings, but not the user's other Python modules. */
export function installationEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PYTHONPATH: undefined, PYTHONHOME: undefined };
}
