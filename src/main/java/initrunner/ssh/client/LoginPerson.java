package initrunner.ssh.client;

/// The person who is asked during a login. Safe for many threads.
public interface LoginPerson {

  /// Whether the person can be asked now.
  boolean canBeAsked();

  /// Shows the question, and waits for the answer. Blocks, at most for the question's patience.
  ///
  /// @throws InterruptedException if the thread is interrupted: the answer is not wanted any more
  LoginAnswer ask(LoginQuestion question) throws InterruptedException;

  /// Shows what needs no answer here, as the wish that a hardware key is touched.
  void tell(LoginQuestion notice);
}
