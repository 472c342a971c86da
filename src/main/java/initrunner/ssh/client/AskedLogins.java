package initrunner.ssh.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The logins to one host that may ask a person, and what was asked: never the question's text, and
/// never the answer. Safe for many threads; its monitor guards the notes, and no thread waits while
/// it holds it.
public final class AskedLogins {

  /// What `sshd` waits by default for the end of a login (`LoginGraceTime`).
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final LoginPerson person;
  private final Duration patience;
  private final List<Asked> notes = new ArrayList<>();
  private boolean hasAsked;

  /// That a person was asked.
  ///
  /// @param isYesOrNo whether the answer was no secret
  /// @param answer `given`, `declined`, `late` or `cancelled`
  public record Asked(boolean isYesOrNo, String answer, Duration waited) {}

  public AskedLogins(LoginPerson person) {
    this(person, PATIENCE);
  }

  /// @param patience how long the answers of one login are waited for
  public AskedLogins(LoginPerson person, Duration patience) {
    this.person = person;
    this.patience = patience;
  }

  Duration patience() {
    return patience;
  }

  /// Whether the person can be asked now.
  public boolean canAsk() {
    return person.canBeAsked();
  }

  /// Whether a login has wanted a secret: another one would want it again.
  public synchronized boolean hasAsked() {
    return hasAsked;
  }

  /// Asks, and notes it. Blocks as [LoginPerson#ask].
  LoginAnswer ask(LoginQuestion question) throws InterruptedException {
    long begin = System.nanoTime();
    String word = "cancelled";
    try {
      LoginAnswer answer = person.ask(question);
      word =
          switch (answer) {
            case LoginAnswer.Given _ -> "given";
            case LoginAnswer.Declined() -> "declined";
            case LoginAnswer.Late() -> "late";
          };
      return answer;
    } finally {
      Duration waited = Duration.ofNanos(System.nanoTime() - begin);
      note(new Asked(question.isYesOrNo(), word, waited));
    }
  }

  private synchronized void note(Asked asked) {
    notes.add(asked);
    hasAsked |= !asked.isYesOrNo();
  }

  void tell(LoginQuestion notice) {
    person.tell(notice);
  }

  /// What was asked since the last call of this.
  public synchronized List<Asked> take() {
    List<Asked> taken = List.copyOf(notes);
    notes.clear();
    return taken;
  }
}
