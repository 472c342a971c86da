import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.platform.engine.CancellationToken;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherExecutionRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs test classes or single methods up to the first that fails, for `dev/seed-faults`. Prints
/// `FAILED Class.method: reason` for that one. The status is 0 where all passed, 1 where one
/// failed, 2 where there was none to run.
///
/// Usage: `java NearTests CLASS[#METHOD]...`, with full class names
final class NearTests implements TestExecutionListener {

  private final CancellationToken cancellation = CancellationToken.create();
  private Optional<String> failed = Optional.empty();
  private int passed;

  public static void main(String[] args) throws ReflectiveOperationException {
    List<DiscoverySelector> selectors = new ArrayList<>();
    for (String arg : args) {
      selectors.addAll(selectors(arg));
    }
    NearTests listener = new NearTests();
    LauncherExecutionRequest request =
        LauncherExecutionRequestBuilder.request(
                LauncherDiscoveryRequestBuilder.request().selectors(selectors).build())
            .listeners(listener)
            .cancellationToken(listener.cancellation)
            .build();
    try {
      LauncherFactory.create().execute(request);
    } catch (OutOfMemoryError e) {
      listener.failed = Optional.of("all: " + e);
    }
    listener.failed.ifPresent(line -> System.out.println("\nFAILED " + line));
    System.exit(listener.failed.isPresent() ? 1 : listener.passed > 0 ? 0 : 2);
  }

  /// Methods by name alone: their parameters are the test engine's matter.
  private static List<DiscoverySelector> selectors(String arg) throws ClassNotFoundException {
    int hash = arg.indexOf('#');
    Class<?> test = Class.forName(hash < 0 ? arg : arg.substring(0, hash));
    if (hash < 0) {
      return List.of(selectClass(test));
    }
    List<DiscoverySelector> found = new ArrayList<>();
    for (Class<?> type = test; type != null; type = type.getSuperclass()) {
      Stream.concat(Stream.of(type), Stream.of(type.getInterfaces()))
          .flatMap(declaring -> Stream.of(declaring.getDeclaredMethods()))
          .filter(method -> !method.isSynthetic())
          .filter(method -> method.getName().equals(arg.substring(hash + 1)))
          .map((Method method) -> selectMethod(test, method))
          .forEach(found::add);
    }
    if (found.isEmpty()) {
      throw new ClassNotFoundException("no method " + arg);
    }
    return found;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
      passed += test.isTest() ? 1 : 0;
    } else if (failed.isEmpty() && result.getStatus() == TestExecutionResult.Status.FAILED) {
      String reason = result.getThrowable().map(Throwable::toString).orElse("");
      failed =
          Optional.of(
              name(test)
                  + ": "
                  + reason.lines().filter(line -> !line.isBlank()).findFirst().orElse(""));
      result.getThrowable().ifPresent(Throwable::printStackTrace);
      cancellation.cancel();
    }
  }

  private static String name(TestIdentifier test) {
    Optional<TestSource> source = test.getSource();
    if (source.isPresent() && source.get() instanceof MethodSource method) {
      return simple(method.getClassName()) + "." + method.getMethodName();
    }
    if (source.isPresent() && source.get() instanceof ClassSource type) {
      return simple(type.getClassName());
    }
    return test.getDisplayName();
  }

  private static String simple(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }
}
