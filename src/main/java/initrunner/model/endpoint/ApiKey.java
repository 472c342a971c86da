package initrunner.model.endpoint;

/// A key and the variable that holds it. Only the variable's name is ever shown.
public record ApiKey(String variable, String secret) {

  @Override
  public String toString() {
    return variable;
  }
}
