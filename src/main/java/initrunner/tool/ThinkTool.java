package initrunner.tool;

import java.util.List;
import java.util.Map;

/// `think`: takes a thought of the model and does nothing with it. The conversation keeps it, and
/// that is its purpose.
public final class ThinkTool implements Tool {

  private static final String THOUGHT = "thought";
  private static final int MOST_CHARACTERS = 100_000;

  /// Whether an answer asks for faults in the thought.
  public enum Critique {
    NONE,
    ASKED
  }

  private final Critique critique;

  public ThinkTool(Critique critique) {
    this.critique = critique;
  }

  @Override
  public String name() {
    return "think";
  }

  @Override
  public String type() {
    return "think";
  }

  @Override
  public String description() {
    return "Takes a thought, and does nothing with it. Use it to plan, to weigh what to do next, or"
        + " to look back on results. The person does not see it in the answer.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.required(THOUGHT, "What you think."));
  }

  @Override
  public int mostCharacters(String parameter) {
    return MOST_CHARACTERS;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public boolean runsCommands() {
    return false;
  }

  @Override
  public Plan plan(Map<String, Object> arguments) {
    return new Plan.Answered(
        switch (critique) {
          case NONE -> "Noted. Go on.";
          case ASKED ->
              "Noted. Before you go on: what in it is assumed and not known, and what is missing?";
        },
        ToolResult.Status.SUCCEEDED);
  }
}
