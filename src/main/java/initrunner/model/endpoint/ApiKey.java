package initrunner.model.endpoint;

/// A key, and the name of the variable it came from. Only the name is ever shown.
public record ApiKey(String variable, String secret) {

  @Override
  public String toString() {
    return variable;
  }
}
