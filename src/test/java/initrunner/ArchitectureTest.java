package initrunner;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The import rules between our packages, and who may use which library.
class ArchitectureTest {

  /// What each package may use of ours; `cli` may use everything.
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          entry("text", Set.of()),
          entry("exec", Set.of("text")),
          entry("schema", Set.of("exec", "text")),
          entry("role", Set.of("schema", "exec", "text")),
          entry("audit", Set.of("exec", "text")),
          entry("ssh", Set.of("exec", "text")),
          entry("launch", Set.of("exec", "text")),
          entry("screen", Set.of()),
          entry("tool", Set.of("launch", "exec", "text")),
          entry("transfer", Set.of("exec", "text")),
          entry(
              "runtime",
              Set.of(
                  "role", "tool", "screen", "launch", "ssh", "transfer", "audit", "exec", "text")),
          entry("model", Set.of("tool", "role", "exec", "text")),
          entry("agent", Set.of("model", "runtime", "tool", "role", "exec", "text")),
          entry(
              "run",
              Set.of(
                  "agent",
                  "model",
                  "runtime",
                  "transfer",
                  "audit",
                  "tool",
                  "role",
                  "exec",
                  "text")),
          entry(
              "door",
              Set.of("run", "agent", "model", "runtime", "audit", "tool", "role", "exec", "text")));

  private static JavaClasses ours;

  @BeforeAll
  static void importOurClasses() {
    ours =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("initrunner");
  }

  /// Without it, an importer that reads no class would pass every rule below.
  @Test
  void theRulesSeeOurClasses() {
    assertThat(ours.size()).isGreaterThan(25);
  }

  @Test
  void packagesUseOnlyWhatTheyMay() {
    MAY_USE.forEach((name, may) -> {
      String[] others =
          Stream.concat(MAY_USE.keySet().stream(), Stream.of("cli"))
              .filter(other -> !other.equals(name) && !may.contains(other))
              .map(other -> "initrunner." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("initrunner." + name + "..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(others))
          .check(ours);
    });
  }

  @Test
  void whatProgramsHoldOnToStandsAboveWhatItIsMadeOf() {
    noClasses()
        .that()
        .resideOutsideOfPackages("initrunner", "initrunner.cli..")
        .should()
        .dependOnClassesThat(resideInAPackage("initrunner"))
        .check(ours);
    noClasses()
        .that()
        .resideInAPackage("initrunner")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("initrunner.cli..", "initrunner.ssh..", "initrunner.launch.."))
        .check(ours);
  }

  @Test
  void noPackageUsesOneThatUsesIt() {
    slices().matching("initrunner.(**)").should().beFreeOfCycles().check(ours);
  }

  /// Many files in one package share what no one meant them to share.
  @Test
  void aPackageIsARoomThatOneReadsInAnHour() {
    Map<String, Long> files =
        ours.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    assertThat(files.entrySet())
        .allSatisfy(each -> assertThat(each.getValue()).as(each.getKey()).isLessThanOrEqualTo(26));
  }

  /// A class that comes from a start cache has no location, or the one where the cache was made.
  @Test
  void noClassIsAskedWhereItWasLoadedFrom() {
    noClasses().should().dependOnClassesThat().belongToAnyOf(CodeSource.class).check(ours);
    noClasses().should().callMethod(Class.class, "getProtectionDomain").check(ours);
  }

  /// Which paths there may be is the business of the machine where a tool acts: this one's locale
  /// would decide what a rule about a path sees.
  @Test
  void toolsSpeakOfNoPathsOfThisMachine() {
    noClasses()
        .that()
        .resideInAPackage("initrunner.tool..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.nio.file.."))
        .check(ours);
  }

  @Test
  void theEngineUsesTheJdkOnly() {
    classes()
        .that()
        .resideInAnyPackage(
            "initrunner.text..",
            "initrunner.exec..",
            "initrunner.ssh..",
            "initrunner.launch..",
            "initrunner.transfer..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "initrunner.text..",
                "initrunner.exec..",
                "initrunner.ssh..",
                "initrunner.launch..",
                "initrunner.transfer..",
                "java..",
                "org.jspecify.."))
        .check(ours);
  }

  @Test
  void eachLibraryHasOneHome() {
    onlyIn("cli", "picocli..", "org.apache.sshd..");
    onlyIn("cli", "org.jline.reader..");
    noClasses()
        .that()
        .resideOutsideOfPackages("initrunner.cli..", "initrunner.screen")
        .should()
        .dependOnClassesThat(resideInAPackage("org.jline.."))
        .check(ours);
    onlyIn("cli.markdown", "org.commonmark..");
    onlyIn("model.http", "dev.langchain4j..");
    onlyIn("schema.yaml", "org.snakeyaml..");
    onlyIn("audit", "java.sql..", "org.sqlite..");
  }

  /// Only a session of a person loads it, the questions of init, and a model's first terminal.
  @Test
  void theLineEditorIsLoadedWhereAPersonTypesOnly() {
    noClasses()
        .that()
        .haveNameNotMatching(
            "initrunner[.](screen[.]TerminalScreen|cli[.](repl[.](TerminalUi|SessionHistory)"
                + "|console[.](LentTerminal|TerminalLook|UserTerminal)|init[.]LineEditor))([$].*)?")
        .should()
        .dependOnClassesThat(resideInAPackage("org.jline.."))
        .check(ours);
  }

  /// The start of no command that makes calls pays for it.
  @Test
  void theSchemaOfRolesIsMadeWhereItIsWrittenOnly() {
    noClasses()
        .that()
        .haveNameNotMatching(
            "initrunner[.](cli[.](SchemaCommand|init[.]StarterFiles)|role[.]RoleSchema"
                + "|schema[.]describe[.].*Schema.*)")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("initrunner[.](role[.]RoleSchema|schema[.]describe[.].*Schema.*)")
        .check(ours);
  }

  /// Programs hold on to these two packages; nothing else of ours stands in what they see.
  @Test
  void aProgramThatEmbedsThisOneSeesFewTypes() {
    DescribedPredicate<JavaClass> library =
        resideInAnyPackage("initrunner", "initrunner.exec")
            .and(DescribedPredicate.describe("public", ArchitectureTest::isPublic));
    assertThat(ours.stream().filter(library).filter(JavaClass::isTopLevelClass))
        .hasSizeLessThanOrEqualTo(20);
    methods()
        .that()
        .areDeclaredInClassesThat(library)
        .and()
        .arePublic()
        .should(
            ArchCondition.from(
                DescribedPredicate.describe(
                    "speak of types of the library only", ArchitectureTest::speaksOfTheLibrary)))
        .check(ours);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
  }

  private static boolean speaksOfTheLibrary(JavaMethod method) {
    return Stream.concat(method.getParameterTypes().stream(), Stream.of(method.getReturnType()))
        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getBaseComponentType)
        .filter(type -> type.getPackageName().startsWith("initrunner"))
        .allMatch(type ->
            Set.of("initrunner", "initrunner.exec").contains(type.getPackageName())
                && isPublic(type));
  }

  private static void onlyIn(String home, String... library) {
    noClasses()
        .that(not(resideInAPackage("initrunner." + home + "..")))
        .should()
        .dependOnClassesThat(resideInAnyPackage(library))
        .as(Arrays.toString(library) + " is used in " + home + " only")
        .check(ours);
  }

  @Test
  void processesAreStartedInOnePlacePerTransport() {
    noClasses()
        .that(not(resideInAnyPackage("initrunner.exec..", "initrunner.ssh..")))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(ProcessBuilder.class)
        .check(ours);
  }

  @Test
  void standardStreamsBelongToTheCommands() {
    noClasses()
        .that(not(resideInAPackage("initrunner.cli..")))
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .allowEmptyShould(true)
        .check(ours);
  }

  /// So no command can print what a terminal would obey, but for messages to a program (`mcp`,
  /// `acp`, `exec-server`, `hook`): what it prints goes through the text forms of
  /// [initrunner.cli.console.TextOutput] and [initrunner.cli.console.Screen], which make it safe.
  @Test
  void bytesReachTheStandardStreamsUntouchedFromACommandThatRunsOnly() {
    calledOnlyFrom(
        "Console", "stdout", "ConsoleSink|HookCommand|McpCommand|AcpCommand|ExecServerCommand");
    calledOnlyFrom("Console", "stderr", "ConsoleSink");
    calledOnlyFrom("TextOutput", "printOwn", "Main");
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("initrunner.cli.repl.TerminalUi")
        .should()
        .callMethod("org.jline.terminal.Terminal", "writer")
        .check(ours);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("initrunner.cli.console.Console")
        .should()
        .callConstructor(java.io.FileOutputStream.class, java.io.FileDescriptor.class)
        .check(ours);
  }

  private static void calledOnlyFrom(String owner, String method, String caller) {
    noClasses()
        .that()
        .haveNameNotMatching(
            "initrunner[.]cli[.]([a-z]+[.])?(" + owner + "|" + caller + ")([$].*)?")
        .should()
        .callMethod("initrunner.cli.console." + owner, method)
        .check(ours);
  }

  /// An interrupt closes a channel in the middle of a write, and what was to be kept after a Ctrl-C
  /// is lost. A lock is held by a channel, which nothing writes to.
  @Test
  void noFileIsWrittenThroughAChannel() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("initrunner.ssh.master.PrivateDirectory")
        .and()
        .doNotHaveFullyQualifiedName("initrunner.transfer.LastExchange")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.nio.channels.FileChannel")
        .orShould()
        .callMethod(
            java.nio.file.Files.class,
            "newByteChannel",
            java.nio.file.Path.class,
            Set.class,
            java.nio.file.attribute.FileAttribute[].class)
        .check(ours);
  }
}
