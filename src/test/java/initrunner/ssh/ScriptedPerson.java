package initrunner.ssh;

import initrunner.ssh.client.LoginAnswer;
import initrunner.ssh.client.LoginPerson;
import initrunner.ssh.client.LoginQuestion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A person who gives answers that are known before, and tells what was asked. Without an answer
/// left, the person only looks at the question until it is withdrawn or its time is up.
public final class ScriptedPerson implements LoginPerson {

  private final Deque<LoginAnswer> answers = new ArrayDeque<>();
  private final List<LoginQuestion> asked = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch looking = new CountDownLatch(1);
  private volatile boolean away;

  public ScriptedPerson(String... answers) {
    for (String answer : answers) {
      this.answers.add(given(answer));
    }
  }

  private static LoginAnswer given(String answer) {
    return new LoginAnswer.Given(answer.getBytes(StandardCharsets.UTF_8));
  }

  /// One who declines what is asked after these.
  public ScriptedPerson thenDeclining() {
    answers.add(new LoginAnswer.Declined());
    return this;
  }

  public void goAway() {
    away = true;
  }

  /// The questions so far.
  public List<LoginQuestion> asked() {
    return List.copyOf(asked);
  }

  public List<String> texts() {
    return asked().stream().map(LoginQuestion::text).toList();
  }

  /// Waits until the person has a question and no answer.
  public void awaitLooking() throws InterruptedException {
    looking.await();
  }

  @Override
  public boolean canBeAsked() {
    return !away;
  }

  @Override
  public LoginAnswer ask(LoginQuestion question) throws InterruptedException {
    asked.add(question);
    LoginAnswer answer = answers.poll();
    if (answer == null) {
      looking.countDown();
      Thread.sleep(question.patience());
      return new LoginAnswer.Late();
    }
    return answer;
  }

  @Override
  public void tell(LoginQuestion notice) {
    asked.add(notice);
  }
}
