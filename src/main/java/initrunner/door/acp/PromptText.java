package initrunner.door.acp;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.text.SafeText;
import java.util.List;
import java.util.Optional;

/// Makes one text for the model of a prompt's parts (ACP v1, "Content"). For one prompt.
final class PromptText {

  private static final int MOST_CHARACTERS = 1024 * 1024;
  private static final int MOST_NAME_CHARACTERS = 200;
  private static final String ALLOWED = "allowed are text, resource_link, and resource with a text";

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder contents = new StringBuilder();
  private boolean hasLinks;

  private PromptText() {}

  /// @param params of `session/prompt`
  /// @param elsewhere where the tools act, if that is not the editor's machine
  /// @throws RpcException if a part is of another kind, or the prompt is empty or too long
  static String of(Json.Obj params, Optional<String> elsewhere) throws RpcException {
    if (!(params.get("prompt").orElse(new Json.Null()) instanceof Json.Arr(List<Json> parts))) {
      throw RpcException.invalidParams("'prompt' must be a list");
    }
    PromptText prompt = new PromptText();
    for (Json part : parts) {
      prompt.add(part instanceof Json.Obj object ? object : Json.Obj.EMPTY);
    }
    return prompt.whole(elsewhere);
  }

  private void add(Json.Obj part) throws RpcException {
    switch (part.text("type").orElse("")) {
      case "text" -> append(required(part, "text"));
      case "resource_link" -> link(part.text("name"), required(part, "uri"));
      case "resource" -> resource(part.object("resource").orElse(Json.Obj.EMPTY));
      default ->
          throw RpcException.invalidParams(
              "a part of the prompt is "
                  + named(part.text("type").orElse("without a type"))
                  + "; "
                  + ALLOWED);
    }
    if (text.length() + contents.length() > MOST_CHARACTERS) {
      throw RpcException.invalidParams(
          "the prompt has more than " + MOST_CHARACTERS + " characters, which is the most");
    }
  }

  private static String required(Json.Obj part, String member) throws RpcException {
    return part.text(member)
        .orElseThrow(() ->
            RpcException.invalidParams(
                "a part of the prompt has no '" + member + "', which must be a string"));
  }

  /// An editor puts links into the middle of sentences.
  private void append(String more) {
    boolean isApart =
        text.isEmpty()
            || more.isEmpty()
            || Character.isWhitespace(text.charAt(text.length() - 1))
            || Character.isWhitespace(more.charAt(0));
    text.append(isApart ? "" : "\n").append(more);
  }

  private void link(Optional<String> name, String uri) {
    hasLinks = true;
    append("[@" + name.orElse(uri) + "](" + uri + ")");
  }

  private void resource(Json.Obj resource) throws RpcException {
    String uri = required(resource, "uri");
    Optional<String> content = resource.text("text");
    if (content.isEmpty()) {
      throw RpcException.invalidParams(
          "the prompt's resource " + named(uri) + " has no text; " + ALLOWED);
    }
    append("[@" + uri + "](" + uri + ")");
    contents
        .append("\n<context ref=\"")
        .append(uri)
        .append("\">\n")
        .append(content.get())
        .append("\n</context>");
  }

  private static String named(String from) {
    return "'" + SafeText.oneLine(SafeText.cut(from, MOST_NAME_CHARACTERS)) + "'";
  }

  private String whole(Optional<String> elsewhere) throws RpcException {
    if (text.toString().isBlank()) {
      throw RpcException.invalidParams("the prompt is empty");
    }
    String beside =
        elsewhere
            .filter(_ -> hasLinks)
            .map(place ->
                "\n\n(The links name files on the machine of the person's editor. The tools act on "
                    + place
                    + ", and do not see these files.)")
            .orElse("");
    return text + beside + (contents.isEmpty() ? "" : "\n" + contents);
  }
}
