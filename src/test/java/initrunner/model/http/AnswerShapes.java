package initrunner.model.http;

import initrunner.model.ModelException.Kind;
import initrunner.model.http.AnswerShapes.Expected.Answers;
import initrunner.model.http.AnswerShapes.Expected.Calls;
import initrunner.model.http.AnswerShapes.Expected.Fails;
import initrunner.model.http.AnswerShapes.Expected.IsAskedAgain;
import initrunner.model.http.AnswerShapes.Expected.IsCut;
import initrunner.model.http.AnswerShapes.Expected.IsWithheld;
import initrunner.role.model.Provider;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Shapes of servers' answers, each with its expected result.
final class AnswerShapes {

  private static final String USAGE =
      "\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7,\"total_tokens\":18}";

  private static final String TEXT_EVENT = delta("{'role':'assistant','content':'It is '}", "null");
  private static final String STOP = delta("{}", "'stop'");
  private static final String CALL =
      "{'id':'a','type':'function','function':"
          + "{'name':'run_shell','arguments':'{\\\\'command\\\\':\\\\'id\\\\'}'}}";
  private static final Calls ONE_CALL = new Calls(List.of("run_shell {\"command\":\"id\"}"));

  private AnswerShapes() {}

  /// The expected result of a shape.
  sealed interface Expected {

    record Answers(String text) implements Expected {}

    /// The model calls tools.
    ///
    /// @param calls each as its name and its arguments
    record Calls(List<String> calls) implements Expected {}

    /// The answer reached its token limit; no tool is called.
    record IsCut(String text) implements Expected {}

    record IsWithheld() implements Expected {}

    /// There is no answer.
    ///
    /// @param words of the server that the message repeats
    record Fails(Kind kind, String words) implements Expected {}

    /// The same request is sent once more.
    record IsAskedAgain() implements Expected {}
  }

  /// One shape.
  ///
  /// @param name the server and its peculiarity
  record Shape(
      String name,
      Provider provider,
      int status,
      Map<String, String> headers,
      String body,
      Expected expected) {

    boolean isStream() {
      return headers.getOrDefault("Content-Type", "").equals("text/event-stream");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Shape> all() {
    return Stream.of(
            chatReasons(),
            chatErrors(),
            chatContents(),
            chatCalls(),
            chatCallStreams(),
            eventStreams(),
            usages(),
            messages(),
            messageStreams(),
            gemini(),
            statuses())
        .flatMap(List::stream);
  }

  private static List<Shape> chatReasons() {
    Fails failed = new Fails(Kind.SERVER_FAILED, "reason error");
    return List.of(
        whole(
            "OpenAI, stop", chat("{'content':'It is 6.1.'}", "'stop'"), new Answers("It is 6.1.")),
        whole("OpenRouter, finish_reason error", chat("{'content':'It i'}", "'error'"), failed),
        whole(
            "OpenRouter, finish_reason error with a call",
            chat("{'content':null,'tool_calls':[" + CALL + "]}", "'error'"),
            failed),
        stream(
            "OpenRouter, streamed finish_reason error",
            List.of(TEXT_EVENT, delta("{'content':''}", "'error'"), "[DONE]"),
            failed),
        stream(
            "vLLM, abort",
            List.of(TEXT_EVENT, delta("{}", "'abort'"), "[DONE]"),
            new Fails(Kind.SERVER_FAILED, "reason abort")),
        stream(
            "DeepSeek, insufficient_system_resource",
            List.of(TEXT_EVENT, delta("{}", "'insufficient_system_resource'"), "[DONE]"),
            new Fails(Kind.SERVER_FAILED, "insufficient_system_resource")),
        stream(
            "a gateway, empty reasons and then a cut",
            List.of(delta("{'content':'It is '}", "''"), delta("{'content':'6.'}", "''")),
            new Fails(Kind.CONNECTION_LOST, "in the middle")),
        stream(
            "One API, empty reasons up to the last",
            List.of(
                delta("{'content':'It is '}", "''"),
                delta("{'content':'6.1.'}", "''"),
                STOP,
                "[DONE]"),
            new Answers("It is 6.1.")),
        stream(
            "a server without reasons, but with an end",
            List.of(delta("{'content':'Yes.'}", "null"), "[DONE]"),
            new Answers("Yes.")),
        whole(
            "Cloudflare, no reason at all",
            "{'choices':[{'message':{'content':'Yes.'}}]}",
            new Answers("Yes.")),
        whole("OpenAI, length", chat("{'content':'It i'}", "'length'"), new IsCut("It i")),
        stream(
            "vLLM, length inside a call",
            List.of(
                delta(
                    "{'tool_calls':[{'index':0,'id':'a','function':{'name':'run_shell',"
                        + "'arguments':'{\\\\'comm'}}]}",
                    "null"),
                delta("{}", "'length'"),
                "[DONE]"),
            new IsCut("")),
        whole(
            "Mistral, model_length",
            chat("{'content':'It i'}", "'model_length'"),
            new Fails(Kind.SERVER_FAILED, "model_length")),
        whole(
            "Azure, content_filter",
            chat("{'content':'It i'}", "'content_filter'"),
            new IsWithheld()),
        stream(
            "Azure, content_filter in a stream with a call",
            List.of(
                "{'choices':[],'prompt_filter_results':[]}",
                TEXT_EVENT,
                delta("{'tool_calls':[" + CALL + "]}", "null"),
                delta("{}", "'content_filter'"),
                "[DONE]"),
            new IsWithheld()),
        whole(
            "Bedrock gateway, guardrail_intervened",
            chat("{'content':'Sorry.'}", "'guardrail_intervened'"),
            new IsWithheld()),
        whole(
            "Bedrock gateway, end_turn",
            chat("{'content':'Yes.'}", "'end_turn'"),
            new Answers("Yes.")),
        whole("TGI, eos_token", chat("{'content':'Yes.'}", "'eos_token'"), new Answers("Yes.")),
        whole(
            "a gateway, MALFORMED_FUNCTION_CALL",
            chat("{'content':'Let me look.'}", "'MALFORMED_FUNCTION_CALL'"),
            new Fails(Kind.SERVER_FAILED, "MALFORMED_FUNCTION_CALL")),
        whole(
            "LM Studio, calls announced and none there",
            chat("{'content':'Let me look.','tool_calls':[]}", "'tool_calls'"),
            new Fails(Kind.ANSWER_MALFORMED, "holds no tool call")),
        stream(
            "a server whose text speaks of the end",
            List.of(
                delta(
                    "{'content':'The last event is [DONE] and \\\\'finish_reason\\\\':\\\\'stop\\\\''}",
                    "null")),
            new Fails(Kind.CONNECTION_LOST, "in the middle")),
        stream(
            "an end that is cut before its last event",
            List.of(TEXT_EVENT, STOP),
            new Answers("It is ")));
  }

  private static List<Shape> chatErrors() {
    return List.of(
        whole(
            "OpenRouter, 200 with code 429",
            "{'error':{'code':429,'message':'slow down'}}",
            new IsAskedAgain()),
        whole(
            "LiteLLM, 200 with code '429'",
            "{'error':{'code':'429','message':'slow down','type':'None'}}",
            new IsAskedAgain()),
        whole(
            "a gateway, 200 with rate_limit_exceeded",
            "{'error':{'code':'rate_limit_exceeded','message':'slow down'}}",
            new IsAskedAgain()),
        whole(
            "OpenRouter, 200 with code 502",
            "{'error':{'code':502,'message':'bad provider'}}",
            new IsAskedAgain()),
        stream(
            "OpenRouter, first event with code 503",
            List.of("{'error':{'code':503,'message':'no provider'}}"),
            new IsAskedAgain()),
        whole(
            "OpenRouter, 200 with code 402",
            "{'error':{'code':402,'message':'Insufficient credits'}}",
            new Fails(Kind.QUOTA_EXHAUSTED, "Insufficient credits")),
        whole(
            "OpenRouter, 200 with code 400",
            "{'error':{'code':400,'message':'prompt is too long'}}",
            new Fails(Kind.REQUEST_REFUSED, "prompt is too long")),
        whole(
            "a gateway, 200 with an error and no code",
            "{'error':{'message':'backend is gone'}}",
            new Fails(Kind.SERVER_FAILED, "backend is gone")),
        whole(
            "Ollama, 200 with an error that is a text",
            "{'error':'model runner has stopped'}",
            new Fails(Kind.SERVER_FAILED, "model runner has stopped")),
        whole(
            "vLLM, 200 with object error",
            "{'object':'error','message':'max context is 4096','type':'BadRequestError',"
                + "'param':null,'code':400}",
            new Fails(Kind.REQUEST_REFUSED, "max context is 4096")),
        whole(
            "MiniMax, 200 with base_resp",
            "{'choices':null,'base_resp':{'status_code':1008,'status_msg':'no balance'}}",
            new Fails(Kind.ANSWER_MALFORMED, "no balance")),
        whole(
            "OpenRouter, an error in the choice",
            "{'choices':[{'error':{'code':502,'message':'provider died'},'finish_reason':'error',"
                + "'message':{'content':'It i'}}]}",
            new IsAskedAgain()),
        whole(
            "an error that is null beside an answer",
            "{'error':null,'choices':[{'message':{'content':'Yes.'},'finish_reason':'stop'}]}",
            new Answers("Yes.")),
        stream(
            "OpenRouter, an error in the middle",
            List.of(
                TEXT_EVENT,
                "{'id':'c','choices':[{'index':0,'delta':{'content':''},'finish_reason':'error'}],"
                    + "'error':{'code':'server_error','message':'Provider disconnected'}}"),
            new Fails(Kind.SERVER_FAILED, "Provider disconnected")),
        stream(
            "vLLM, an error after the last reason",
            List.of(TEXT_EVENT, STOP, "{'error':{'message':'engine died','code':500}}", "[DONE]"),
            new Fails(Kind.SERVER_FAILED, "engine died")),
        raw(
            "llama.cpp, event error",
            "event: error\ndata: {'message':'slot is gone'}\n\n",
            new Fails(Kind.SERVER_FAILED, "slot is gone")),
        raw(
            "a gateway, event error in plain text",
            event(TEXT_EVENT) + "event: error\ndata: upstream has gone away\n\n",
            new Fails(Kind.SERVER_FAILED, "upstream has gone away")),
        raw(
            "Ollama, an error without its field name",
            event(TEXT_EVENT) + "{'error':{'message':'unexpected EOF','type':'api_error'}}\n",
            new Fails(Kind.SERVER_FAILED, "unexpected EOF")),
        whole(
            "a gateway, 200 with detail",
            "{'detail':'Not authenticated'}",
            new Fails(Kind.ANSWER_MALFORMED, "Not authenticated")),
        whole(
            "a proxy's page with 200",
            "<html><title>Sign in</title>",
            new Fails(Kind.ANSWER_MALFORMED, "Sign in")),
        raw(
            "a proxy's text with 200",
            "error code: 1020\n",
            new Fails(Kind.ANSWER_MALFORMED, "error code: 1020")));
  }

  private static List<Shape> chatContents() {
    return List.of(
        whole(
            "Mistral, parts with thinking",
            chat(
                "{'content':[{'type':'thinking','thinking':[{'type':'text','text':'Hm.'}]},"
                    + "{'type':'text','text':'It is 6.1.'}]}",
                "'stop'"),
            new Answers("It is 6.1.")),
        stream(
            "Mistral, streamed parts",
            List.of(
                delta(
                    "{'content':[{'type':'thinking','thinking':[{'type':'text','text':'Hm.'}]}]}",
                    "null"),
                delta("{'content':[{'type':'text','text':'It is '}]}", "null"),
                delta("{'content':'6.1.'}", "null"),
                STOP,
                "[DONE]"),
            new Answers("It is 6.1.")),
        whole(
            "a gateway, parts that are texts",
            chat("{'content':['It is ','6.1.']}", "'stop'"),
            new Answers("It is 6.1.")),
        whole(
            "a gateway, one part that is no list",
            chat("{'content':{'type':'text','text':'Yes.'}}", "'stop'"),
            new Answers("Yes.")),
        whole(
            "OpenAI, refusal",
            chat("{'content':null,'refusal':'I cannot.'}", "'stop'"),
            new IsWithheld()),
        stream(
            "OpenAI, streamed refusal",
            List.of(delta("{'refusal':'I cannot.'}", "null"), STOP, "[DONE]"),
            new IsWithheld()),
        whole(
            "DeepSeek, reasoning beside the text",
            chat("{'content':'Yes.','reasoning_content':'Hm.'}", "'stop'"),
            new Answers("Yes.")),
        whole(
            "vLLM, an empty list of calls, a null function_call",
            chat(
                "{'content':'Yes.','tool_calls':[],'function_call':null,'refusal':null}", "'stop'"),
            new Answers("Yes.")),
        whole(
            "Copilot, text and call in two choices",
            "{'choices':[{'message':{'content':'Look:'},'finish_reason':'tool_calls'},"
                + "{'message':{'tool_calls':["
                + CALL
                + "]},'finish_reason':'tool_calls'}]}",
            ONE_CALL),
        whole(
            "vLLM, NaN and a raw line break",
            "{'choices':[{'logprobs':NaN,'message':{'content':'a\nb'},'finish_reason':'stop'}]}",
            new Answers("a\nb")),
        stream(
            "a server that ends with the whole message",
            List.of(
                TEXT_EVENT,
                delta("{'content':'6.1.'}", "null"),
                "{'choices':[{'message':{'content':'It is 6.1.'},'finish_reason':'stop'}]}"),
            new Answers("It is 6.1.")),
        whole(
            "DeepSeek, blank lines before the answer",
            "\n".repeat(2000) + chat("{'content':'Yes.'}", "'stop'"),
            new Answers("Yes.")),
        whole(
            "an answer in one piece where events were asked for",
            chat("{'content':'Yes.'}", "'stop'"),
            new Answers("Yes.")));
  }

  private static List<Shape> chatCalls() {
    return List.of(
        whole(
            "OpenAI, a call",
            chat("{'content':null,'tool_calls':[" + CALL + "]}", "'tool_calls'"),
            ONE_CALL),
        whole(
            "Ollama, reason stop beside a call",
            chat("{'content':'','tool_calls':[" + CALL + "]}", "'stop'"),
            ONE_CALL),
        whole(
            "llama.cpp, arguments as an object",
            chat(
                "{'tool_calls':[{'id':'a','type':'function','function':{'name':'run_shell',"
                    + "'arguments':{'command':'id'}}}]}",
                "'tool_calls'"),
            ONE_CALL),
        whole(
            "Gemini gateway, no type and an empty id",
            chat(
                "{'tool_calls':[{'id':'','function':{'name':'run_shell',"
                    + "'arguments':'{\\\\'command\\\\':\\\\'id\\\\'}'}}]}",
                "'stop'"),
            ONE_CALL),
        whole(
            "a gateway, a number for an id",
            chat(
                "{'tool_calls':[{'id':7,'type':'function','function':{'name':'run_shell',"
                    + "'arguments':'{\\\\'command\\\\':\\\\'id\\\\'}'}}]}",
                "'tool_calls'"),
            ONE_CALL),
        whole(
            "old OpenAI, function_call",
            chat(
                "{'content':null,'function_call':{'name':'run_shell',"
                    + "'arguments':'{\\\\'command\\\\':\\\\'id\\\\'}'}}",
                "'function_call'"),
            ONE_CALL),
        whole(
            "a gateway, a call that is no list",
            chat("{'tool_calls':" + CALL + "}", "'tool_calls'"),
            ONE_CALL),
        whole(
            "LM Studio, name and arguments without function",
            chat(
                "{'tool_calls':[{'id':'a','name':'run_shell','arguments':{'command':'id'}}]}",
                "'tool_calls'"),
            ONE_CALL),
        whole(
            "SGLang, null, empty and missing arguments",
            chat(
                "{'tool_calls':[{'id':'a','function':{'name':'x','arguments':null}},"
                    + "{'id':'b','function':{'name':'y','arguments':''}},"
                    + "{'id':'c','function':{'name':'z'}}]}",
                "'tool_calls'"),
            new Calls(List.of("x ", "y ", "z "))),
        whole(
            "a gateway, one id for two calls",
            chat("{'tool_calls':[" + CALL + "," + CALL + "]}", "'tool_calls'"),
            new Calls(List.of("run_shell {\"command\":\"id\"}", "run_shell {\"command\":\"id\"}"))),
        whole(
            "a call without a name",
            chat("{'tool_calls':[{'id':'a','function':{'arguments':'{}'}}]}", "'tool_calls'"),
            new Fails(Kind.ANSWER_MALFORMED, "no name")));
  }

  private static List<Shape> chatCallStreams() {
    Calls two = new Calls(List.of("run_shell {\"command\":\"id\"}", "read_file {\"path\":\"a\"}"));
    String id = "'arguments':'{\\\\'command\\\\':\\\\'id\\\\'}'";
    String path = "'arguments':'{\\\\'path\\\\':\\\\'a\\\\'}'";
    return List.of(
        calls(
            "OpenAI, pieces by index",
            List.of(
                "{'index':0,'id':'a','type':'function','function':{'name':'run_shell','arguments':''}}",
                "{'index':0,'function':{'arguments':'{\\\\'comm'}}",
                "{'index':0,'function':{'arguments':'and\\\\':\\\\'id\\\\'}'}}",
                "{'index':1,'id':'b','type':'function','function':{'name':'read_file',"
                    + path
                    + "}}"),
            two),
        calls(
            "Ollama, index 0 for each",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell'," + id + "}}",
                "{'index':0,'id':'b','function':{'name':'read_file'," + path + "}}"),
            two),
        calls(
            "Ollama, index 0 for each, in pieces",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':''}}",
                "{'index':0,'function':{" + id + "}}",
                "{'index':0,'id':'b','function':{'name':'read_file','arguments':''}}",
                "{'index':0,'function':{" + path + "}}"),
            two),
        calls(
            "old Ollama, no index",
            List.of(
                "{'id':'a','function':{'name':'run_shell'," + id + "}}",
                "{'id':'b','function':{'name':'read_file'," + path + "}}"),
            two),
        calls(
            "llama.cpp, neither index nor id",
            List.of(
                "{'function':{'name':'run_shell'," + id + "}}",
                "{'function':{'name':'read_file'," + path + "}}"),
            two),
        calls(
            "a gateway, index 0 and no id",
            List.of(
                "{'index':0,'function':{'name':'run_shell'," + id + "}}",
                "{'index':0,'function':{'name':'read_file'," + path + "}}"),
            two),
        calls(
            "Dynamo, two in one event",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell',"
                    + id
                    + "}},"
                    + "{'index':0,'id':'b','function':{'name':'read_file',"
                    + path
                    + "}}"),
            two),
        calls(
            "vLLM, two whose pieces take turns",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':''}}",
                "{'index':1,'id':'b','function':{'name':'read_file','arguments':''}}",
                "{'index':0,'function':{" + id + "}}",
                "{'index':1,'function':{" + path + "}}"),
            two),
        calls(
            "a server whose first call is the last to come",
            List.of(
                "{'index':1,'id':'b','function':{'name':'read_file'," + path + "}}",
                "{'index':0,'id':'a','function':{'name':'run_shell'," + id + "}}"),
            new Calls(List.of("read_file {\"path\":\"a\"}", "run_shell {\"command\":\"id\"}"))),
        calls(
            "a server that begins with a large index",
            List.of("{'index':1000000,'id':'a','function':{'name':'run_shell'," + id + "}}"),
            ONE_CALL),
        calls(
            "a gateway, id and name with each piece",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':'{\\\\'comm'}}",
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':"
                    + "'and\\\\':\\\\'id\\\\'}'}}"),
            ONE_CALL),
        calls(
            "old vLLM, another id with each piece",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell'}}",
                "{'index':0,'id':'b','function':{'arguments':'{\\\\'comm'}}",
                "{'index':0,'id':'c','function':{'arguments':'and\\\\':\\\\'id\\\\'}'}}"),
            ONE_CALL),
        calls(
            "two by their ids alone, whose pieces take turns",
            List.of(
                "{'id':'a','function':{'name':'run_shell','arguments':''}}",
                "{'id':'b','function':{'name':'read_file','arguments':''}}",
                "{'id':'a','function':{" + id + "}}",
                "{'id':'b','function':{" + path + "}}"),
            two),
        calls(
            "a gateway, the name in pieces",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_'}}",
                "{'index':0,'function':{'name':'shell'," + id + "}}"),
            ONE_CALL),
        calls(
            "a gateway, empty ids and names after the first",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':'{\\\\'comm'}}",
                "{'index':0,'id':'','function':{'name':'','arguments':'and\\\\':\\\\'id\\\\'}'}}"),
            ONE_CALL),
        calls(
            "LiteLLM, arguments as an object",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':{'command':'id'}}}"),
            ONE_CALL),
        calls(
            "an Anthropic gateway, {} before the arguments",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell','arguments':'{}'}}",
                "{'index':0,'function':{" + id + "}}"),
            ONE_CALL),
        calls(
            "vLLM, an entry that says nothing at the end",
            List.of(
                "{'index':0,'id':'a','function':{'name':'run_shell'," + id + "}}",
                "{'index':1}",
                "{'index':2,'id':null,'function':{'name':null,'arguments':null}}"),
            ONE_CALL),
        stream(
            "Groq, a call with reason stop",
            List.of(delta("{'tool_calls':[" + CALL + "]}", "'stop'"), "[DONE]"),
            ONE_CALL),
        stream(
            "a call whose stream is cut",
            List.of(delta("{'tool_calls':[" + CALL + "]}", "null")),
            new Fails(Kind.CONNECTION_LOST, "in the middle")));
  }

  private static List<Shape> eventStreams() {
    String answer = event(TEXT_EVENT) + event(delta("{'content':'6.1.'}", "null")) + event(STOP);
    Answers right = new Answers("It is 6.1.");
    return List.of(
        raw("OpenRouter, comments", ": OPENROUTER PROCESSING\n\n" + answer, right),
        raw("CRLF", answer.replace("\n", "\r\n"), right),
        raw("CR", answer.replace("\n", "\r"), right),
        raw("a byte order mark", "\uFEFF" + answer, right),
        raw("blanks and a byte order mark", " \t\uFEFF " + answer, right),
        raw("no blank line at the end", answer.stripTrailing(), right),
        raw("no blank after the colon", answer.replace("data: ", "data:"), right),
        raw("ids, retries, names", "retry: 100\nid: 1\nevent: completion\n" + answer, right),
        raw("blank lines first", "\n".repeat(3000) + answer, right),
        raw(
            "data on two lines",
            event(TEXT_EVENT)
                + "data: {'choices':[{'delta':{'content':'6.1.'},\n"
                + "data: 'finish_reason':'stop'}]}\n\n",
            right),
        raw(
            "named events that keep the connection",
            "event: ping\ndata: ping\n\n" + "event: heartbeat\ndata:\n\n" + answer,
            right),
        raw("an end without its blank", answer.replace(event(STOP), "") + "data:[DONE]\n\n", right),
        raw(
            "an event that is cut in its JSON",
            event(TEXT_EVENT) + "data: {'choices':[{'del",
            new Fails(Kind.CONNECTION_LOST, "in the middle")),
        raw("nothing but comments", ": waiting\n\n: waiting\n\n", new IsAskedAgain()),
        raw("nothing", "", new IsAskedAgain()));
  }

  private static List<Shape> usages() {
    return List.of(
        stream(
            "vLLM, tokens in an event without choices",
            List.of(TEXT_EVENT, STOP, "{'choices':[]," + USAGE.replace('"', '\'') + "}", "[DONE]"),
            new Answers("It is ")),
        stream(
            "a gateway, tokens that are none",
            List.of(
                TEXT_EVENT,
                STOP,
                "{'choices':[],'usage':{'prompt_tokens':null,'completion_tokens':'7',"
                    + "'total_tokens':99999999999999999999,'prompt_tokens_details':null}}",
                "[DONE]"),
            new Answers("It is ")),
        stream(
            "Groq, tokens beside",
            List.of(
                TEXT_EVENT,
                "{'choices':[{'delta':{},'finish_reason':'stop'}],'x_groq':{"
                    + USAGE.replace('"', '\'')
                    + "}}",
                "[DONE]"),
            new Answers("It is ")));
  }

  private static List<Shape> messages() {
    String call = "{'type':'tool_use','id':'a','name':'run_shell','input':{'command':'id'}}";
    return List.of(
        claude(
            "Anthropic, end_turn",
            "[{'type':'text','text':'Yes.'}]",
            "'end_turn'",
            new Answers("Yes.")),
        claude(
            "Anthropic, thinking before the text",
            "[{'type':'thinking','thinking':'Hm.','signature':'s'},{'type':'text','text':'Yes.'}]",
            "'end_turn'",
            new Answers("Yes.")),
        claude("Anthropic, a call", "[" + call + "]", "'tool_use'", ONE_CALL),
        claude(
            "Anthropic, max_tokens inside a call", "[" + call + "]", "'max_tokens'", new IsCut("")),
        claude(
            "Anthropic, model_context_window_exceeded",
            "[{'type':'text','text':'It i'}]",
            "'model_context_window_exceeded'",
            new Fails(Kind.SERVER_FAILED, "model_context_window_exceeded")),
        claude(
            "Anthropic, pause_turn",
            "[{'type':'text','text':'It i'}]",
            "'pause_turn'",
            new Fails(Kind.SERVER_FAILED, "pause_turn")),
        claude(
            "Anthropic, pause_turn with an explanation",
            "[{'type':'text','text':'It i'}]",
            "'pause_turn','stop_details':{'explanation':'the search took too long'}",
            new Fails(Kind.SERVER_FAILED, "the search took too long")),
        claude(
            "a gateway, content that is a number",
            "7",
            "'end_turn'",
            new Fails(Kind.ANSWER_MALFORMED, "'content':7".replace('\'', '"'))),
        of(
            "a gateway, an object of no type",
            Provider.ANTHROPIC,
            "{'detail':'Not authenticated'}",
            new Fails(Kind.ANSWER_MALFORMED, "Not authenticated")),
        of(
            "a gateway, a message without its type",
            Provider.ANTHROPIC,
            "{'content':[{'type':'text','text':'Yes.'}],'stop_reason':'end_turn'}",
            new Answers("Yes.")),
        claude("Anthropic, refusal", "[]", "'refusal'", new IsWithheld()),
        claude(
            "Anthropic, a refusal beside a call", "[" + call + "]", "'refusal'", new IsWithheld()),
        claude(
            "Anthropic, tool_use without one",
            "[{'type':'text','text':'Let me look.'}]",
            "'tool_use'",
            new Fails(Kind.ANSWER_MALFORMED, "holds no tool call")),
        claude("a gateway, content that is a text", "'Yes.'", "'end_turn'", new Answers("Yes.")),
        claude(
            "Anthropic, blocks that are not known",
            "[{'type':'server_tool_use','id':'s','name':'x','input':{}},"
                + "{'type':'text','text':'Yes.'}]",
            "'end_turn'",
            new Answers("Yes.")),
        of(
            "Anthropic, 200 with overloaded_error",
            Provider.ANTHROPIC,
            "{'type':'error','error':{'type':'overloaded_error','message':'Overloaded'}}",
            new IsAskedAgain()),
        of(
            "Anthropic, 200 with invalid_request_error",
            Provider.ANTHROPIC,
            "{'type':'error','error':{'type':'invalid_request_error','message':'too long'}}",
            new Fails(Kind.REQUEST_REFUSED, "too long")));
  }

  private static List<Shape> messageStreams() {
    String start =
        named(
            "message_start",
            "'message':{'id':'m','content':[],'usage':{'input_tokens':11,'output_tokens':1}}");
    String text =
        named("content_block_start", "'index':0,'content_block':{'type':'text','text':''}")
            + named(
                "content_block_delta", "'index':0,'delta':{'type':'text_delta','text':'It is '}")
            + named("content_block_delta", "'index':0,'delta':{'type':'text_delta','text':'6.1.'}")
            + named("content_block_stop", "'index':0");
    String call =
        named(
                "content_block_start",
                "'index':1,'content_block':{'type':'tool_use','id':'a','name':'run_shell','input':{}}")
            + named(
                "content_block_delta",
                "'index':1,'delta':{'type':'input_json_delta'," + "'partial_json':'{\\\\'comm'}")
            + named(
                "content_block_delta",
                "'index':1,'delta':{'type':'input_json_delta',"
                    + "'partial_json':'and\\\\':\\\\'id\\\\'}'}");
    String stop = named("message_stop", "'x':0");
    return List.of(
        events(
            "Anthropic, a stream",
            start + text + end("end_turn") + stop,
            new Answers("It is 6.1.")),
        events(
            "Anthropic, a streamed call", start + text + call + end("tool_use") + stop, ONE_CALL),
        events(
            "a gateway, the input in the first event",
            start
                + named(
                    "content_block_start",
                    "'index':0,'content_block':{'type':'tool_use','id':'a',"
                        + "'name':'run_shell','input':{'command':'id'}}")
                + end("tool_use")
                + stop,
            ONE_CALL),
        events(
            "Anthropic, overloaded before anything",
            start
                + "event: error\ndata: {'type':'error','error':{'type':'overloaded_error',"
                + "'message':'Overloaded'}}\n\n",
            new IsAskedAgain()),
        events(
            "Anthropic, overloaded in the middle",
            start
                + text
                + "event: error\ndata: {'type':'error','error':{'type':'overloaded_error',"
                + "'message':'Overloaded'}}\n\n",
            new Fails(Kind.SERVER_FAILED, "Overloaded")),
        events(
            "Anthropic, streamed model_context_window_exceeded",
            start + text + end("model_context_window_exceeded") + stop,
            new Fails(Kind.SERVER_FAILED, "model_context_window_exceeded")),
        events(
            "Anthropic, a streamed refusal",
            start + text + end("refusal") + stop,
            new IsWithheld()),
        events(
            "Anthropic, cut before message_stop",
            start + text + call,
            new Fails(Kind.CONNECTION_LOST, "in the middle")),
        events(
            "Anthropic, pings",
            start + named("ping", "'x':0") + text + end("end_turn") + stop,
            new Answers("It is 6.1.")));
  }

  private static List<Shape> gemini() {
    String call =
        "{'functionCall':{'name':'run_shell','args':{'command':'id'}},"
            + "'thoughtSignature':'c2ln'}";
    return List.of(
        google("Gemini, STOP", "[{'text':'Yes.'}]", "'STOP'", new Answers("Yes.")),
        google(
            "Gemini, a thought before the text",
            "[{'text':'Hm.','thought':true},{'text':'Yes.'}]",
            "'STOP'",
            new Answers("Yes.")),
        google("Gemini, a call", "[" + call + "]", "'STOP'", ONE_CALL),
        google(
            "Gemini, OTHER",
            "[{'text':'It i'}]",
            "'OTHER'",
            new Fails(Kind.SERVER_FAILED, "reason OTHER")),
        google(
            "Gemini, OTHER beside a call",
            "[" + call + "]",
            "'OTHER'",
            new Fails(Kind.SERVER_FAILED, "reason OTHER")),
        google(
            "Gemini, MALFORMED_FUNCTION_CALL",
            "[]",
            "'MALFORMED_FUNCTION_CALL','finishMessage':'Malformed function call: print('",
            new Fails(Kind.SERVER_FAILED, "Malformed function call: print(")),
        google(
            "Gemini, UNEXPECTED_TOOL_CALL",
            "[]",
            "'UNEXPECTED_TOOL_CALL'",
            new Fails(Kind.SERVER_FAILED, "UNEXPECTED_TOOL_CALL")),
        google(
            "Gemini, LANGUAGE",
            "[{'text':'It i'}]",
            "'LANGUAGE'",
            new Fails(Kind.SERVER_FAILED, "LANGUAGE")),
        google("Gemini, SAFETY", "[{'text':'It i'}]", "'SAFETY'", new IsWithheld()),
        google("Gemini, RECITATION", "[]", "'RECITATION'", new IsWithheld()),
        google("Gemini, MAX_TOKENS", "[{'text':'It i'}]", "'MAX_TOKENS'", new IsCut("It i")),
        of(
            "Gemini, a candidate without content",
            Provider.GOOGLE,
            "{'candidates':[{'finishReason':'SAFETY','index':0}]}",
            new IsWithheld()),
        of(
            "Gemini, a blocked prompt",
            Provider.GOOGLE,
            "{'promptFeedback':{'blockReason':'PROHIBITED_CONTENT'}}",
            new IsWithheld()),
        of(
            "Gemini, no candidates",
            Provider.GOOGLE,
            "{'usageMetadata':{'promptTokenCount':11,'totalTokenCount':11}}",
            new Fails(Kind.ANSWER_MALFORMED, "usageMetadata")),
        of(
            "Gemini, 200 with an error",
            Provider.GOOGLE,
            "{'error':{'code':503,'message':'overloaded','status':'UNAVAILABLE'}}",
            new IsAskedAgain()),
        of(
            "Gemini, a list where events were asked for",
            Provider.GOOGLE,
            "[{'candidates':[{'content':{'parts':[{'text':'It is '}]}}]},\n"
                + "{'candidates':[{'content':{'parts':[{'text':'6.1.'}]},'finishReason':'STOP'}]}]",
            new Answers("It is 6.1.")),
        new Shape(
            "Gemini, an error in the middle",
            Provider.GOOGLE,
            200,
            EVENTS,
            quoted(
                event("{'candidates':[{'content':{'parts':[{'text':'It i'}]}}]}")
                    + event("{'error':{'code':500,'message':'internal','status':'INTERNAL'}}")),
            new Fails(Kind.SERVER_FAILED, "internal")),
        new Shape(
            "Gemini, cut in the middle",
            Provider.GOOGLE,
            200,
            EVENTS,
            quoted(event("{'candidates':[{'content':{'parts':[{'text':'It i'}]}}]}")),
            new Fails(Kind.CONNECTION_LOST, "in the middle")));
  }

  private static List<Shape> statuses() {
    String error = "{\"error\":{\"message\":\"slow down\"}}";
    return List.of(
        status("429", 429, Map.of(), error, new IsAskedAgain()),
        status(
            "503 with a page",
            503,
            Map.of("Content-Type", "text/html"),
            "<html><h1>503</h1>",
            new IsAskedAgain()),
        status("529 with JSON", 529, Map.of(), error, new IsAskedAgain()),
        status(
            "429 that is not to be repeated",
            429,
            Map.of("x-should-retry", "false"),
            error,
            new Fails(Kind.RATE_LIMITED, "slow down")),
        status(
            "409 that is to be repeated",
            409,
            Map.of("x-should-retry", "true"),
            error,
            new IsAskedAgain()),
        status(
            "Google, a list of errors",
            400,
            Map.of(),
            "[{\"error\":{\"code\":400,\"message\":\"bad field\"}}]",
            new Fails(Kind.REQUEST_REFUSED, "bad field")),
        status(
            "FastAPI, 422 with details",
            422,
            Map.of(),
            "{\"detail\":[{\"loc\":[\"body\"],\"msg\":\"field required\"}]}",
            new Fails(Kind.REQUEST_REFUSED, "field required")),
        status(
            "an encoding that is not known",
            200,
            Map.of("Content-Encoding", "br"),
            "abc",
            new Fails(Kind.ANSWER_MALFORMED, "Content-Encoding")));
  }

  private static final Map<String, String> EVENTS = Map.of("Content-Type", "text/event-stream");

  private static Shape whole(String name, String body, Expected expected) {
    return of(name, Provider.OPENAI, body, expected);
  }

  private static Shape of(String name, Provider provider, String body, Expected expected) {
    return new Shape(name, provider, 200, Map.of(), quoted(body), expected);
  }

  private static Shape status(
      String name, int status, Map<String, String> headers, String body, Expected expected) {
    return new Shape(name, Provider.OPENAI, status, headers, body, expected);
  }

  private static Shape claude(String name, String content, String reason, Expected expected) {
    return of(
        name,
        Provider.ANTHROPIC,
        "{'type':'message','role':'assistant','content':"
            + content
            + ",'stop_reason':"
            + reason
            + ",'usage':{'input_tokens':11,'output_tokens':7}}",
        expected);
  }

  private static Shape google(String name, String parts, String reason, Expected expected) {
    return of(
        name,
        Provider.GOOGLE,
        "{'candidates':[{'content':{'role':'model','parts':"
            + parts
            + "},'finishReason':"
            + reason
            + "}]}",
        expected);
  }

  private static Shape events(String name, String body, Expected expected) {
    return new Shape(name, Provider.ANTHROPIC, 200, EVENTS, quoted(body), expected);
  }

  private static Shape raw(String name, String body, Expected expected) {
    return new Shape(name, Provider.OPENAI, 200, EVENTS, quoted(body), expected);
  }

  private static Shape stream(String name, List<String> data, Expected expected) {
    return raw(
        name, data.stream().map(AnswerShapes::event).collect(Collectors.joining()), expected);
  }

  /// One event for each piece, and then the end.
  private static Shape calls(String name, List<String> pieces, Expected expected) {
    String events =
        pieces.stream()
            .map(piece -> event(delta("{'tool_calls':[" + piece + "]}", "null")))
            .collect(Collectors.joining());
    return raw(name, events + event(delta("{}", "'tool_calls'")) + event("[DONE]"), expected);
  }

  private static String event(String data) {
    return "data: " + data + "\n\n";
  }

  private static String named(String type, String fields) {
    return "event: " + type + "\ndata: {'type':'" + type + "'," + fields + "}\n\n";
  }

  private static String end(String reason) {
    return named(
        "message_delta", "'delta':{'stop_reason':'" + reason + "'},'usage':{'output_tokens':7}");
  }

  private static String chat(String message, String reason) {
    return "{'id':'c','choices':[{'index':0,'message':"
        + message
        + ",'finish_reason':"
        + reason
        + "}],"
        + USAGE.replace('"', '\'')
        + "}";
  }

  private static String delta(String delta, String reason) {
    return "{'id':'c','choices':[{'index':0,'delta':"
        + delta
        + ",'finish_reason':"
        + reason
        + "}]}";
  }

  /// Single quotes are double ones, and `\'` is one inside a text.
  private static String quoted(String body) {
    return body.replace("\\\\'", "\\\"").replace('\'', '"');
  }
}
