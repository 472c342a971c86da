package initrunner.cli.init;

import initrunner.cli.console.Style;
import initrunner.cli.init.ModelOffers.Offer;
import initrunner.role.file.RoleEnvironment;
import initrunner.role.model.ModelName;
import initrunner.runtime.doctor.Doctor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Asks a person what the command line has not said, and looks at each answer before the next
/// question. For one thread.
final class Interview {

  private static final int MOST_HOSTS = 12;

  private final Dialog dialog;
  private final Given given;
  private final Map<String, String> process;
  private final RoleEnvironment environment;
  private final InitCommand.Check check;

  /// Whether the person goes on although something is in the way.
  private boolean goesOn;

  /// @param process the variables of this process
  /// @param environment where keys are looked up
  Interview(
      Dialog dialog,
      Given given,
      Map<String, String> process,
      RoleEnvironment environment,
      InitCommand.Check check) {
    this.dialog = dialog;
    this.given = given;
    this.process = process;
    this.environment = environment;
    this.check = check;
  }

  /// What a place was found to be, and its host.
  private record Where(Optional<String> host, Place place) {}

  /// All answers. Blocks on the person, on the host and on a local Ollama.
  ///
  /// @throws InterruptedException at Ctrl-C
  Answers ask() throws InterruptedException {
    dialog.screen().line(Style.HEADING, "A role says what an agent may do, and where.");
    dialog
        .screen()
        .line(Style.QUIET, "Enter takes what is in [ ], Tab completes, Ctrl-C writes nothing.");
    Where where = where();
    Optional<String> directory = directory(where);
    List<String> tools = given.tools().isEmpty() ? tools(where.place()) : given.tools();
    Asked asked = given.asked().isPresent() ? given.asked().get() : asked();
    ModelName model = given.model().isPresent() ? given.model().get() : model();
    return new Answers(where.host(), directory, tools, asked, model);
  }

  boolean goesOn() {
    return goesOn;
  }

  private Where where() throws InterruptedException {
    Optional<String> known = given.host();
    if (known.isEmpty()) {
      dialog.question(1, "Where do its tools run?");
    }
    while (true) {
      String name = known.isPresent() ? known.get() : host();
      Optional<String> host = Optional.of(name).filter(each -> !each.equals(Answers.THIS_MACHINE));
      Optional<Place> place = look(host, Optional.empty());
      if (place.isPresent()) {
        return new Where(host, place.get());
      }
      known = Optional.empty();
    }
  }

  private String host() throws InterruptedException {
    List<String> hosts = Doctor.namedHosts(process);
    List<String> shown =
        Stream.concat(hosts.stream().limit(MOST_HOSTS), Stream.of(Answers.THIS_MACHINE)).toList();
    for (int i = 0; i < shown.size(); i++) {
      boolean isHost = i < shown.size() - 1;
      dialog.choice(i + 1, shown.get(i), 0, isHost ? "" : "contained by bubblewrap or docker");
    }
    if (hosts.size() > MOST_HOSTS) {
      dialog.note("and " + (hosts.size() - MOST_HOSTS) + " more of ~/.ssh/config; Tab shows them");
    }
    List<String> words = Stream.concat(shown.stream(), hosts.stream().skip(MOST_HOSTS)).toList();
    return dialog.chosen(
        "Number, alias or user@hostname",
        "1",
        words,
        _ -> "allowed is a number, an alias or user@hostname",
        typed -> Optional.of(typed).filter(InitCommand::isHost));
  }

  /// What is found there; empty if the person chooses another answer.
  private Optional<Place> look(Optional<String> host, Optional<String> directory)
      throws InterruptedException {
    while (true) {
      if (check == InitCommand.Check.NONE) {
        return Optional.of(Place.UNKNOWN);
      }
      host.ifPresent(name ->
          dialog.note(
              directory.map("Looking for "::concat).orElse("Connecting to " + name) + " …"));
      Place place =
          host.map(name -> Place.ofHost(name, directory, process))
              .orElseGet(() -> Place.here(directory, process));
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (place.obstacle().isEmpty()) {
        dialog.good(place.account());
        return Optional.of(place);
      }
      dialog.bad(place.obstacle().get());
      String next =
          dialog.chosen(
              "t(ry again), o(ther answer), or g(o on anyway)",
              "t",
              List.of(),
              _ -> "allowed is t, o, g; o asks again for what you want to write there",
              typed -> Optional.of(typed).filter(each -> each.matches("[tog]")));
      if (next.equals("g")) {
        goesOn = true;
        return Optional.of(place);
      }
      if (next.equals("o")) {
        return Optional.empty();
      }
    }
  }

  private Optional<String> directory(Where where) throws InterruptedException {
    Optional<String> known = given.directory();
    if (known.isEmpty()) {
      dialog.question(2, "In which directory there?");
    }
    String usual = where.host().isPresent() ? "~" : ".";
    String meaning =
        where.host().isPresent() ? "~ is the login directory." : ". is the directory of the role.";
    while (true) {
      if (known.isEmpty()) {
        dialog.note(meaning);
      }
      String typed = known.isPresent() ? known.get() : dialog.answer("Directory", usual, List.of());
      Optional<String> directory = Optional.of(typed).filter(each -> !Given.isUsual(each));
      // Where the host is not reached, its directory is not either.
      if (directory.isEmpty() || goesOn || look(where.host(), directory).isPresent()) {
        return directory.map(each -> InitCommand.absolute(each, where.host(), process));
      }
      known = Optional.empty();
    }
  }

  private List<String> tools(Place place) throws InterruptedException {
    dialog.question(3, "What may it use there?");
    for (KnownTool tool : KnownTool.values()) {
      String lacks = place.has(tool) ? "" : "; " + tool.needed().orElse("") + " is not there";
      dialog.row("", tool.type(), 10, tool.meaning() + lacks);
    }
    String usual = String.join(",", place.tools());
    return dialog.chosen(
        "Names, with commas between them",
        usual,
        KnownTool.types(),
        _ -> "allowed is " + String.join(", ", KnownTool.types()),
        typed ->
            Optional.of(listed(typed))
                .filter(words -> !words.isEmpty())
                .filter(words -> words.stream().allMatch(KnownTool.types()::contains)));
  }

  private static List<String> listed(String typed) {
    return Arrays.stream(typed.split("[,\\s]+", -1))
        .filter(word -> !word.isEmpty())
        .distinct()
        .toList();
  }

  private Asked asked() throws InterruptedException {
    dialog.question(4, "Before what does it ask you?");
    List<String> words = Asked.words();
    int number = 1;
    for (Asked each : Asked.values()) {
      dialog.choice(number, each.word(), 10, each.meaning());
      number++;
    }
    return dialog.chosen(
        "Number or word", "1", words, _ -> "allowed is " + String.join(", ", words), Asked::of);
  }

  private ModelName model() throws InterruptedException {
    dialog.question(5, "Which model does it use?");
    ModelOffers found = ModelOffers.find(environment);
    List<String> words = new ArrayList<>();
    int width =
        found.offers().stream().mapToInt(each -> each.model().toString().length()).max().orElse(0);
    for (Offer offer : found.offers()) {
      words.add(offer.model().toString());
      dialog.choice(words.size(), offer.model().toString(), width, offer.why());
    }
    if (words.isEmpty()) {
      dialog.note("No Ollama answers here, and no provider's key is set. Any answer will do;");
      dialog.note("what is missing is said at the end.");
    }
    return dialog.chosen(
        "PROVIDER:NAME" + (words.isEmpty() ? "" : ", or a number"),
        words.isEmpty() ? ModelOffers.USUAL.toString() : "1",
        words,
        InitCommand::faultOfModel,
        InitCommand::model);
  }
}
