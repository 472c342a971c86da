package initrunner.agent;

/// A key, and the name of the variable it came from. Only the name is ever shown.
record ApiKey(String variable, String secret) {

  @Override
  public String toString() {
    return variable;
  }
}
