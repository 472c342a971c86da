package initrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import initrunner.agent.ScriptedModel;
import initrunner.exec.Captured;
import initrunner.exec.Command;
import initrunner.exec.Ended;
import initrunner.exec.Excerpt;
import initrunner.exec.Limits;
import initrunner.exec.Outcome;
import initrunner.exec.RemedyException;
import initrunner.exec.SecretEnvironment;
import initrunner.exec.Sink;
import initrunner.exec.Stdin;
import initrunner.exec.TransportException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the library says to a program that passes null: each method and each constructor of its
/// public types is called once for each parameter.
class LibraryNullsTest {

  /// Types that only the library makes.
  private static final Set<Class<?>> RESULTS =
      Set.of(
          Excerpt.class,
          Outcome.class,
          RunListener.Call.class,
          RunResult.class,
          RunResult.Failure.class,
          RunResult.Pause.class,
          Sandbox.Answer.class,
          Sandbox.Parameter.class,
          RemedyException.class,
          TransportException.class);

  /// Types whose methods the library calls.
  private static final Set<Class<?>> CALLED_BY_THE_LIBRARY =
      Set.of(RunListener.class, Sink.class, Captured.class);

  private static final Stdin.Terminal TERMINAL =
      new Stdin.Terminal("vt100", InputStream.nullInputStream(), new Stdin.Terminal.Size(80, 24));

  private static final Map<Class<?>, Object> SAMPLES =
      Map.ofEntries(
          Map.entry(String.class, "x"),
          Map.entry(String[].class, new String[] {"true"}),
          Map.entry(byte[].class, new byte[0]),
          Map.entry(List.class, List.of("true")),
          Map.entry(Map.class, Map.of()),
          Map.entry(Optional.class, Optional.empty()),
          Map.entry(Path.class, Path.of("x")),
          Map.entry(Duration.class, Duration.ofSeconds(1)),
          Map.entry(InputStream.class, InputStream.nullInputStream()),
          Map.entry(ByteBuffer.class, ByteBuffer.allocate(0)),
          Map.entry(Command.class, Command.of("true")),
          Map.entry(Limits.class, Limits.unbounded()),
          Map.entry(Sink.class, Sink.DISCARD),
          Map.entry(Stdin.class, Stdin.nothing()),
          Map.entry(Stdin.Terminal.Size.class, TERMINAL.size()),
          Map.entry(Runnable.class, (Runnable) () -> {}),
          Map.entry(SecretEnvironment.class, SecretEnvironment.none()),
          Map.entry(RunListener.class, RunListener.NONE),
          Map.entry(RunListener.Decision.class, RunListener.Decision.LATER));

  @TempDir private Path directory;

  @Test
  void aNullIsRefusedAtOnceWithTheNamesOfTheMethodAndTheParameter() throws Exception {
    try (ScriptedModel server = ScriptedModel.of()) {
      Role role = role(server);
      try (Sandbox sandbox = Sandbox.open(role);
          Agent agent = Agent.open(role)) {
        Map<Class<?>, Object> instances =
            Map.of(
                Role.class, role,
                Sandbox.class, sandbox,
                Sandbox.Tool.class, sandbox.tools().getFirst(),
                Agent.class, agent,
                Agent.Conversation.class, agent.converse(),
                Command.class, Command.of("true"),
                Limits.class, Limits.unbounded(),
                SecretEnvironment.class, SecretEnvironment.none(),
                Stdin.Terminal.class, TERMINAL);
        Set<String> missing = new TreeSet<>();
        for (Executable called : calledByPrograms()) {
          for (int i = 0; i < called.getParameterCount(); i++) {
            if (!called.getParameterTypes()[i].isPrimitive()) {
              String parameter = called.getParameters()[i].getName();
              Optional<String> said =
                  said(
                      called,
                      instances.get(called.getDeclaringClass()),
                      arguments(called, role, i));
              if (said.filter(words -> names(words, called, parameter)).isEmpty()) {
                missing.add(name(called) + " " + parameter + ": " + said);
              }
            }
          }
        }
        assertThat(missing).isEmpty();
      }
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void aListenerThatAnswersNullEndsTheRunWithItsName() throws Exception {
    RunListener silent =
        new RunListener() {
          @Override
          @SuppressWarnings("NullAway") // what a program in another language may do
          public Decision approve(Call call) {
            return null;
          }
        };
    try (ScriptedModel server =
            ScriptedModel.of(ScriptedModel.calls(ScriptedModel.shellCall("a", "echo x")));
        Agent agent = Agent.open(role(server))) {
      assertThatThrownBy(() -> agent.run("Go.", silent))
          .isInstanceOf(NullPointerException.class)
          .hasMessage("RunListener.approve returned null");
    }
  }

  private static List<Executable> calledByPrograms() throws Exception {
    List<Executable> all = new ArrayList<>();
    for (Class<?> type : types()) {
      Stream<Constructor<?>> constructors =
          Modifier.isAbstract(type.getModifiers()) || type.isEnum()
              ? Stream.empty()
              : Arrays.stream(type.getConstructors());
      constructors.forEach(all::add);
      Arrays.stream(type.getDeclaredMethods())
          .filter(method -> Modifier.isPublic(method.getModifiers()))
          .filter(method -> !method.isSynthetic() && !method.getName().equals("equals"))
          .filter(method -> !method.getName().equals("valueOf"))
          .forEach(all::add);
    }
    assertThat(all).hasSizeGreaterThan(60);
    return all;
  }

  private static List<Class<?>> types() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    for (String directory : List.of("initrunner", "initrunner/exec")) {
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(Path.of("target/classes", directory), "*.class")) {
        for (Path file : files) {
          String name = directory + "/" + file.getFileName().toString().replace(".class", "");
          types.add(Class.forName(name.replace('/', '.')));
        }
      }
    }
    return types.stream()
        .filter(LibraryNullsTest::isPublic)
        .filter(type -> !RESULTS.contains(type) && !CALLED_BY_THE_LIBRARY.contains(type))
        .filter(type -> !Ended.class.isAssignableFrom(type))
        .toList();
  }

  private static boolean isPublic(Class<?> type) {
    return Modifier.isPublic(type.getModifiers())
        && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
  }

  private static @Nullable Object[] arguments(Executable called, Role role, int missing) {
    @Nullable Object[] arguments =
        Arrays.stream(called.getParameterTypes())
            .map(type -> type == Role.class ? role : SAMPLES.get(type))
            .toArray();
    arguments[missing] = null;
    return arguments;
  }

  /// The message of the exception that is thrown; empty if none is, or another one.
  private static Optional<String> said(
      Executable called, @Nullable Object instance, @Nullable Object[] arguments)
      throws ReflectiveOperationException {
    try {
      switch (called) {
        case Method method -> method.invoke(instance, arguments);
        case Constructor<?> constructor -> constructor.newInstance(arguments);
      }
      return Optional.of("nothing");
    } catch (InvocationTargetException e) {
      return Optional.of(
          e.getCause() instanceof NullPointerException
              ? String.valueOf(e.getCause().getMessage())
              : String.valueOf(e.getCause()));
    }
  }

  /// A method that copies with one change may leave the look to the constructor.
  private static boolean names(String words, Executable called, String parameter) {
    String type = typeOf(called);
    return words.equals(name(called) + ": " + parameter + " is null")
        || (called.getName().startsWith("with")
            && words.equals(type + ": " + parameter + " is null"));
  }

  private static String name(Executable called) {
    return called instanceof Method ? typeOf(called) + "." + called.getName() : typeOf(called);
  }

  private static String typeOf(Executable called) {
    Class<?> type = called.getDeclaringClass();
    return type.getCanonicalName().substring(type.getPackageName().length() + 1);
  }

  private Role role(ScriptedModel server) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v1
            kind: Agent
            metadata:
              name: embedded
            spec:
              role: You are brief.
              model:
                provider: openai
                name: gpt-5-mini
              tools:
                - type: shell
                  require_confirmation: true
            """);
    return Role.load(
        file,
        Map.of(
            "INITRUNNER_HOME",
            directory.resolve("home").toString(),
            "OPENAI_API_KEY",
            "sk-test",
            "OPENAI_BASE_URL",
            server.baseUrl().toString()));
  }
}
