package initrunner.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import initrunner.schema.ConfigException;
import initrunner.schema.ConfigFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every rule of the role format: a few lines at one place of a good role, and the faults that they
/// have, each as `line:column key: message` relative to those lines and that place.
class RoleFaultsTest {

  private static final String ANOTHER_TARGET =
      "another absolute path than /work and /role; for a directory of that name, write it in "
          + "bind_mounts with another target";

  /// From wherever the roles of the test are to the root.
  private static final String UP = "../".repeat(8);

  private static final Pattern EXPECTED = Pattern.compile("(\\d+):(-?\\d+) ([^ ]*): (.*)");

  @TempDir private Path directory;

  /// @param lines put at the place
  /// @param faults all that the role then has
  record Case(String place, String lines, List<String> faults) {}

  private static Case fault(String place, String lines, String... faults) {
    return new Case(place, lines, List.of(faults));
  }

  static Stream<Case> metadata() {
    return Stream.of(
        fault("metadata", "nmae: x", "1:1 nmae: is not a known key; did you mean name?"),
        fault(
            "metadata",
            "name: x",
            "1:1 name: is written twice, first on line 4; keep one of the two"),
        fault(
            "metadata",
            "temperature: 1",
            "1:1 temperature: is not a known key, allowed is name, description, tags, author, "
                + "team, version, spec_version; it belongs at spec.model.temperature (check the "
                + "indentation)"),
        fault(
            "metadata",
            "colour: red",
            "1:1 colour: is not a known key, allowed is name, description, tags, author, team, "
                + "version, spec_version"),
        fault(
            "metadata",
            "version: 1.0",
            "1:10 version: is a decimal number, got 1.0, allowed is text; put it in quotes"),
        fault(
            "metadata",
            "description:",
            "1:1 description: has no value, allowed is text; write a value or remove the key"),
        fault(
            "metadata",
            "tags: ci",
            "1:7 tags: is text, got \"ci\", allowed is a list; write it as a list, in [ ]"),
        fault(
            "metadata",
            "tags: [ci, 7]",
            "1:12 tags[1]: is a whole number, got 7, allowed is text; put it in quotes"),
        fault("metadata", "author: [a]", "1:1 author: is a list, allowed is text"),
        fault(
            "metadata",
            "spec_version: 3",
            "1:15 spec_version: is too large, got 3, allowed is a whole number from 1 to 2; write "
                + "for example spec_version: 1"),
        fault(
            "metadata",
            "bundel: {}",
            "1:1 bundel: is not a known key, allowed is name, "
                + "description, tags, author, team, version, spec_version"));
  }

  static Stream<Case> spec() {
    return Stream.of(
        fault("spec", "skills: []", "1:1 skills: is not available in this version; remove it"),
        fault("spec", "triggers: []", "1:1 triggers: is not available in this version; remove it"),
        fault("spec", "memory: {}", "1:1 memory: is not available in this version; remove it"),
        fault(
            "spec",
            "output: {type: json_schema}",
            "1:16 output.type: is an answer of a prescribed form, which this version does not ask"
                + " for; write text, and say in the prompt what the answer is to look like"),
        fault(
            "spec",
            "deps_schema: {}",
            "1:1 deps_schema: is not available in this version; remove it"),
        fault(
            "spec", "tool:\n  - type: shell", "1:1 tool: is not a known key; did you mean tools?"),
        fault(
            "spec",
            "model: openai:gpt-5",
            "1:8 model: is text, got \"openai:gpt-5\", allowed is a mapping with the keys "
                + "provider, name, base_url, api_key_env, temperature, max_tokens, "
                + "context_window, top_p, top_k, "
                + "seed, stop_sequences, presence_penalty, frequency_penalty, parallel_tool_calls, "
                + "tool_choice, thinking, prompt_cache, extra_headers, "
                + "extra_body, logit_bias, first_byte_timeout_seconds, idle_timeout_seconds, concurrency, fallback, fallback_on"),
        fault(
            "spec",
            "tools:",
            "1:1 tools: has no value, allowed is a list; write a value or remove the key"),
        fault(
            "spec",
            "tools:\n  type: shell",
            "1:1 tools: is a mapping, allowed is a list; begin each item with - "),
        fault(
            "spec",
            "security:",
            "1:1 security: has no value, allowed is a mapping with the keys preset, sandbox, "
                + "tools, content, audit; write a value or remove the key"),
        fault(
            "",
            "name: x",
            "1:1 name: is not a known key, allowed is apiVersion, kind, metadata, spec; it belongs "
                + "at metadata.name or spec.model.name (check the indentation)"),
        fault("", "Spec: x", "1:1 Spec: is not a known key; did you mean spec?"));
  }

  static Stream<Case> model() {
    return Stream.of(
        fault(
            "model",
            "api_key: sk-secret",
            "1:1 api_key: is not a known key; did you mean api_key_env?"),
        fault(
            "model",
            "api_key_env: sk-secret",
            "1:14 api_key_env: is not the name of a variable, got a value that is not shown, "
                + "allowed is letters, digits and _; never put a key itself into a role; name the "
                + "variable that holds it, as OPENAI_API_KEY"),
        fault(
            "model",
            "base_url: localhost:1",
            "1:11 base_url: is no http address, got \"localhost:1\", allowed is an http or https "
                + "URL; write for example base_url: http://localhost:11434/v1"),
        fault(
            "model",
            "base_url: https://me:secret@host/v1",
            "1:11 base_url: holds a user or password, got \"https://…@host/v1\", allowed is a URL "
                + "without; put the key in an environment variable and name that in api_key_env"),
        fault(
            "model",
            "base_url: http://host/v1?key=sk-secret",
            "1:11 base_url: has a query or a fragment, got \"http://host/v1?…\", allowed is a URL "
                + "that ends with its path; leave out what begins with ? or #"),
        fault(
            "model",
            "extra_headers: {Authorization: \"Bearer sk-secret\\n\"}",
            "1:32 extra_headers.Authorization: holds a line break, got a value that is not shown, "
                + "allowed is text on one line"),
        fault(
            "model",
            "extra_headers: {X-Corp: \"sk-secret\\n\"}",
            "1:25 extra_headers.X-Corp: holds a line break, got a value that is not shown, "
                + "allowed is text on one line"),
        fault(
            "model",
            "temperature: 2.1",
            "1:14 temperature: is too large, got 2.1, allowed is a number from 0 to 2; write for "
                + "example temperature: 0.1"),
        fault(
            "model",
            "temperature: -0.1",
            "1:14 temperature: is too small, got -0.1, allowed is a number from 0 to 2; write for "
                + "example temperature: 0.1"),
        fault(
            "model",
            "temperature: .nan",
            "1:14 temperature: is a decimal number, got .nan, allowed is a number from 0 to 2; "
                + "write for example temperature: 0.1"),
        fault(
            "model",
            "max_tokens: 0",
            "1:13 max_tokens: is too small, got 0, allowed is a whole number of tokens from 1 to "
                + "128000; write for example max_tokens: 4096"),
        fault(
            "model",
            "max_tokens: 128001",
            "1:13 max_tokens: is too large, got 128001, allowed is a whole number of tokens from 1 "
                + "to 128000; write for example max_tokens: 4096"),
        fault(
            "model",
            "name: 5",
            "1:7 name: is a whole number, got 5, allowed is text; write for example name: "
                + "gpt-5-mini"),
        fault(
            "model",
            "provider: google\nthinking: low\nprompt_cache: true",
            "2:1 thinking: is for reasoning models of openai (o1, gpt-5, …) only; remove it",
            "3:1 prompt_cache: is for anthropic only; remove it"),
        fault(
            "model",
            "extra_body: x",
            "1:13 extra_body: is text, got \"x\", allowed is a mapping of names to values"));
  }

  private static final String TYPES = "shell, python, script, filesystem, git, datetime, think";

  static Stream<Case> tools() {
    return Stream.of(
        fault(
            "tools",
            "- type: shel",
            "1:9 [0].type: is not known, got \"shel\", allowed is "
                + TYPES
                + "; did you mean shell?"),
        fault(
            "tools",
            "- type: pyton",
            "1:9 [0].type: is not known, got \"pyton\", allowed is "
                + TYPES
                + "; did you mean python?"),
        fault(
            "tools",
            "- shell",
            "1:3 [0]: is text, got \"shell\", allowed is a mapping with type: "
                + TYPES
                + "; write type: shell"),
        fault(
            "tools",
            "- shell: {}",
            "1:3 [0].type: is missing, allowed is "
                + TYPES
                + "; write type: shell and its keys beside it"),
        fault(
            "tools",
            "- typ: shell",
            "1:3 [0].type: is missing, allowed is " + TYPES + "; add type:",
            "1:3 [0].typ: is not a known key; did you mean type?"),
        fault("tools", "- {}", "1:3 [0].type: is missing, allowed is " + TYPES + "; add type:"),
        fault("tools", "- type: [shell]", "1:3 [0].type: is a list, allowed is " + TYPES),
        fault(
            "shell",
            "timeout_seconds: -5",
            "1:18 timeout_seconds: is too small, got -5, allowed is a whole number of seconds, 1 "
                + "or more; write for example timeout_seconds: 30"),
        fault(
            "shell",
            "timeout_seconds: 99999999999",
            "1:18 timeout_seconds: is too large, got 99999999999, allowed is a whole number of "
                + "seconds, 1 or more; write for example timeout_seconds: 30"),
        fault(
            "shell",
            "timeout_seconds: 30s",
            "1:18 timeout_seconds: is text, got \"30s\", allowed is a whole number of seconds, 1 "
                + "or more; write for example timeout_seconds: 30"),
        fault(
            "shell",
            "max_output_bytes: 0",
            "1:19 max_output_bytes: is too small, got 0, allowed is a whole number of bytes, 1 or "
                + "more; write for example max_output_bytes: 102400"),
        fault(
            "shell",
            "working_dir: ''",
            "1:14 working_dir: is blank, got \"\", allowed is text that is not blank"),
        fault(
            "shell",
            "allowed_commands: git",
            "1:19 allowed_commands: is text, got \"git\", allowed is a list; write it as a list, in "
                + "[ ]"),
        fault(
            "shell",
            "blocked_commands: [git push, /bin/rm]",
            "1:20 blocked_commands[0]: is more than the name of one program, got \"git push\", "
                + "allowed is a base name such as git; commands are compared by the base name of "
                + "their first word alone",
            "1:30 blocked_commands[1]: is more than the name of one program, got \"/bin/rm\", "
                + "allowed is a base name such as git; commands are compared by the base name of "
                + "their first word alone"),
        fault(
            "shell",
            "require_confirmation: yes",
            "1:23 require_confirmation: is text, got \"yes\", allowed is true or false; write true, "
                + "without quotes"),
        fault(
            "shell",
            "approval: require",
            "1:11 approval: is not known, got \"require\", allowed is auto, required; did you mean "
                + "required?"),
        fault(
            "shell",
            "permissions: {allow: ['=x', 'command='], deny: [''], default: no}",
            "1:23 permissions.allow[0]: has an empty argument name, got \"=x\", allowed is "
                + "argument=glob, or a glob alone; name the argument before the =",
            "1:29 permissions.allow[1]: has an empty glob, got \"command=\", allowed is "
                + "argument=glob, or a glob alone; write * for any value",
            "1:49 permissions.deny[0]: has an empty glob, got \"\", allowed is argument=glob, or a "
                + "glob alone; write * for any value",
            "1:63 permissions.default: is not known, got \"no\", allowed is allow, deny"),
        fault(
            "shell",
            "permissions: {allow: ['cmd=git *'], deny: ['comand.x=git push*', 'command=x']}",
            "1:23 permissions.allow[0]: names no argument of this tool, got \"cmd=git *\", allowed "
                + "is command=glob, or a glob for every argument; a glob for every argument that "
                + "holds = begins with no name: [c]md=…",
            "1:44 permissions.deny[0]: names no argument of this tool, got \"comand.x=git push*\", "
                + "allowed is command=glob, or a glob for every argument; did you mean command?; a "
                + "glob for every argument that holds = begins with no name: [c]omand=…"),
        fault(
            "shell",
            "permissions: {deny: ['command.arg=git push*']}",
            "1:22 permissions.deny[0]: is about a part of an argument that has none, got "
                + "\"command.arg=git push*\", allowed is command=glob, or a glob for every "
                + "argument; write command=glob"));
  }

  static Stream<Case> rulesOnPaths() {
    return Stream.of(
        roundabout("filesystem", "path=./secrets/*", "write path=secrets/*"),
        roundabout("git", "path=./secrets/*", "write path=secrets/*"),
        roundabout("git", "path=a/../b/*", "write path=b/*"),
        roundabout("git", "path=../a/../b", "write path=../b"),
        roundabout("git", "path=/../a/./b", "write path=/a/b"),
        roundabout("git", "path=a//*.pem", "write path=a/*.pem"),
        roundabout("git", "path=./*", "write path=*"),
        roundabout("git", "./secrets/*", "write secrets/*"),
        roundabout(
            "git",
            "path=a/b/",
            "write path=a/b for the directory itself, path=a/b/* for what is in it"),
        roundabout(
            "git", "path=./", "write path=. for the directory itself, path=* for what is in it"),
        fault(
            "tools",
            "- type: git\n  permissions: {allow: ['path=~/a']}",
            "2:25 [0].permissions.allow[0]: begins with ~, which stands for no directory here, got "
                + "\"path=~/a\", allowed is a path without ./, .., // and a slash at its end; write "
                + "it from the tool's directory or from the root"));
  }

  private static Case roundabout(String tool, String rule, String next) {
    return fault(
        "tools",
        "- type: " + tool + "\n  permissions: {deny: ['" + rule + "']}",
        "2:24 [0].permissions.deny[0]: is not the plain way to write a path, got \""
            + rule
            + "\", allowed is a path without ./, .., // and a slash at its end; "
            + next);
  }

  static Stream<Case> otherTools() {
    return Stream.of(
        fault(
            "tools",
            "- type: script\n  scripts: [{name: a, body: x, parameters: [{name: target}]}]\n"
                + "  permissions: {deny: ['target=/*', 'name=a']}",
            "3:37 [0].permissions.deny[1]: names no argument of this tool, got \"name=a\", allowed "
                + "is target=glob, or a glob for every argument; a glob for every argument that "
                + "holds = begins with no name: [n]ame=…"),
        fault(
            "tools",
            "- type: git\n  permissions: {deny: ['paths=secrets/*']}",
            "2:24 [0].permissions.deny[0]: names no argument of this tool, got "
                + "\"paths=secrets/*\", allowed is revision=glob, path=glob, staged=glob, "
                + "count=glob, message=glob, or a glob for every argument; did you mean path?; a "
                + "glob for every argument that holds = begins with no name: [p]aths=…"),
        fault(
            "tools",
            "- type: python\n  network_disable: true\n  timeout_seconds: -1",
            "2:3 [0].network_disable: is not a known key; did you mean network_disabled?",
            "3:20 [0].timeout_seconds: is too small, got -1, allowed is a whole number of seconds, "
                + "1 or more; write for example timeout_seconds: 30"),
        fault(
            "tools",
            "- type: filesystem\n  root_path: ''\n  allowed_extensions: [md, .txt, .]",
            "2:14 [0].root_path: is blank, got \"\", allowed is text that is not blank",
            "3:24 [0].allowed_extensions[0]: is no extension, got \"md\", allowed is a dot and "
                + "letters, digits or one of _ + ~ -; write for example .md",
            "3:34 [0].allowed_extensions[2]: is no extension, got \".\", allowed is a dot and "
                + "letters, digits or one of _ + ~ -; write for example .md"),
        fault(
            "tools",
            "- type: git\n  repo_path: ' '\n  read_only: no",
            "2:14 [0].repo_path: is blank, got \" \", allowed is text that is not blank",
            "3:14 [0].read_only: is text, got \"no\", allowed is true or false; write false, "
                + "without quotes"),
        fault(
            "tools",
            "- type: script",
            "1:3 [0].scripts: is missing, allowed is a list; add scripts: [{name: …, body: …}]"),
        fault(
            "tools",
            "- type: script\n  scripts: []",
            "2:3 [0].scripts: is empty, allowed is at least one script; add one, or remove the "
                + "tool"),
        fault(
            "tools",
            "- type: git\n- {type: shell, timeout_seconds: 0}\n- type: shell\n  approval: required",
            "2:34 [1].timeout_seconds: is too small, got 0, allowed is a whole number of seconds, 1 or "
                + "more; write for example timeout_seconds: 30",
            "3:9 [2].type: is not unique, got \"shell\", allowed is one entry for each tool; put "
                + "what both say into one"),
        fault(
            "tools",
            "- type: script\n  scripts: [{name: a, body: x}]\n"
                + "- type: script\n  scripts: [{name: b, body: x}, {name: a, body: x}]",
            "4:40 [1].scripts[1].name: is not unique, got \"a\", allowed is a name of its own; call "
                + "it something else"),
        fault(
            "script",
            "- {name: 2do, body: ' '}",
            "1:10 [0].name: is not a valid identifier, got \"2do\", allowed is letters, digits and "
                + "_, not beginning with a digit, 64 at most; write for example name: deploy",
            "1:21 [0].body: must not be empty, got \" \", allowed is the text of a script; write the "
                + "script behind body: | and indent it"),
        fault(
            "script",
            "- {name: run_shell, body: x}\n- {name: a, body: x}\n- {name: a, body: x}",
            "1:10 [0].name: is what another tool is called, got \"run_shell\", allowed is a name of "
                + "its own; call it by what it does",
            "3:10 [2].name: is not unique, got \"a\", allowed is a name of its own; call it "
                + "something else"),
        fault(
            "script",
            "- name: a\n  body: x\n  interpreter: bash -e\n  parameters:\n"
                + "    - {name: path}\n    - {name: Aa}\n    - {name: aA, requierd: true}",
            "3:16 [0].interpreter: is more than one program, got \"bash -e\", allowed is the name or "
                + "path of a program that reads a script on its standard input; put options into the "
                + "body, as set -e",
            "5:14 [0].parameters[0].name: would be a variable with a meaning of its own, got "
                + "\"path\", allowed is a name that no shell or interpreter uses in upper case; write "
                + "for example file_path",
            "7:14 [0].parameters[2].name: is not unique, got \"aA\", allowed is a name of its own; "
                + "call it something else",
            "7:18 [0].parameters[2].requierd: is not a known key; did you mean required?"));
  }

  static Stream<Case> guardrails() {
    return Stream.of(
        fault(
            "guardrails",
            "timeout_seconds: 0",
            "1:18 timeout_seconds: is too small, got 0, allowed is a whole number of seconds, 1 or "
                + "more; write for example timeout_seconds: 300"),
        fault(
            "guardrails",
            "max_tool_calls: -1",
            "1:17 max_tool_calls: is too small, got -1, allowed is a whole number of calls, 0 or "
                + "more; write for example max_tool_calls: 20"),
        fault(
            "guardrails",
            "cost_limit: 0",
            "1:13 cost_limit: is too small, got 0, allowed is a number above 0"));
  }

  static Stream<Case> sandbox() {
    return Stream.of(
        fault(
            "security",
            "docker: {}",
            "1:1 docker: security.docker has been replaced by security.sandbox.docker; move it "
                + "there and set sandbox.backend: docker"),
        fault(
            "security",
            "preset: publik",
            "1:9 preset: is not known, got \"publik\", allowed is public, internal, sandbox, "
                + "development; did you mean public?"),
        fault(
            "security",
            "rate_limit: {}",
            "1:1 rate_limit: is about a server of requests, which this version is not; remove it"),
        fault(
            "security",
            "content: {profanity_filter: true}",
            "1:11 content.profanity_filter: needs a list of words, which this version does not "
                + "have; write blocked_input_patterns"),
        fault(
            "security",
            "content: {llm_classifier_enabled: true}",
            "1:11 content.llm_classifier_enabled: needs allowed_topics_prompt; write it beside "
                + "this, as allowed_topics_prompt: Questions about our build servers and what runs "
                + "on them."),
        fault(
            "security",
            "content: {allowed_topics_prompt: Cooking}",
            "1:11 content.allowed_topics_prompt: needs llm_classifier_enabled: true, with which a "
                + "model is asked about each prompt; write it beside this, or remove this"),
        fault(
            "security",
            "content: {llm_classifier_enabled: false, allowed_topics_prompt: Cooking}",
            "1:42 content.allowed_topics_prompt: needs llm_classifier_enabled: true, with which a "
                + "model is asked about each prompt; write it beside this, or remove this"),
        fault(
            "security",
            "content: {llm_classifier_enabled: true, allowed_topics_prompt: ' '}",
            "1:64 content.allowed_topics_prompt: is blank, got \" \", allowed is text that is "
                + "not blank"),
        fault(
            "security",
            "content: {blocked_input_patterns: [ok, '(']}",
            "1:40 content.blocked_input_patterns[1]: is no regular expression, got \"(\", allowed "
                + "is one as Java has them; check its brackets; a text as it stands is between "
                + "\\Q and \\E"),
        fault(
            "security",
            "content: {max_prompt_length: 0, output_action: drop}",
            "1:30 content.max_prompt_length: is too small, got 0, allowed is a whole number of "
                + "characters, 1 or more",
            "1:48 content.output_action: is not known, got \"drop\", allowed is strip, block"),
        fault(
            "security",
            "host: x",
            "1:1 host: is not a known key, allowed is preset, sandbox, tools, content, audit; it "
                + "belongs at spec.security.sandbox.ssh.host (check the indentation)"),
        fault(
            "sandbox",
            "backend: SSH",
            "1:10 backend: is not known, got \"SSH\", allowed is auto, bwrap, docker, ssh, none; "
                + "did you mean ssh?"),
        fault(
            "sandbox",
            "network: open",
            "1:10 network: is not known, got \"open\", allowed is none, bridge, host"),
        fault(
            "sandbox",
            "memory_limit: 1.5g",
            "1:15 memory_limit: Invalid memory_limit, got \"1.5g\", allowed is digits with b, k, m "
                + "or g behind them; write for example memory_limit: 256m"),
        fault(
            "sandbox",
            "memory_limit: 256",
            "1:15 memory_limit: is a whole number, got 256, allowed is text; write for example "
                + "memory_limit: 256m"),
        fault(
            "sandbox",
            "cpu_limit: 0",
            "1:12 cpu_limit: is too small, got 0, allowed is a number above 0; write for example "
                + "cpu_limit: 1.0"),
        fault(
            "sandbox",
            "{cpu_limit: 8193, process_limit: 7}",
            "1:13 cpu_limit: is too large, got 8193, allowed is a number from 0.01 to 8192; write "
                + "for example cpu_limit: 1.0",
            "1:34 process_limit: is too small, got 7, allowed is a whole number of processes from "
                + "8 to 4194304"),
        fault(
            "sandbox",
            "{cpu_limit: 0.001, process_limit: 2000000000}",
            "1:13 cpu_limit: is too small, got 0.001, allowed is a number from 0.01 to 8192; write "
                + "for example cpu_limit: 1.0",
            "1:35 process_limit: is too large, got 2000000000, allowed is a whole number of "
                + "processes from 8 to 4194304"),
        fault(
            "sandbox",
            "{memory_limit: '0', file_size_limit: 17179869185g}",
            "1:16 memory_limit: is out of range, got \"0\", allowed is 6m to 1048576g; write for "
                + "example memory_limit: 256m",
            "1:38 file_size_limit: is out of range, got \"17179869185g\", allowed is 1k to "
                + "1048576g; write for example file_size_limit: 1g"),
        fault(
            "sandbox",
            "{memory_limit: 999999999999999g, file_size_limit: '0'}",
            "1:16 memory_limit: is out of range, got \"999999999999999g\", allowed is 6m to "
                + "1048576g; write for example memory_limit: 256m",
            "1:51 file_size_limit: is out of range, got \"0\", allowed is 1k to 1048576g; write "
                + "for example file_size_limit: 1g"),
        fault(
            "sandbox",
            "read_only_rootfs: 'no'",
            "1:19 read_only_rootfs: is text, got \"no\", allowed is true or false; write false, "
                + "without quotes"),
        fault(
            "sandbox",
            "env_passthrough: [A-B]",
            "1:19 env_passthrough[0]: is not the name of a variable, got \"A-B\", allowed is "
                + "the name of an environment variable: letters, digits and _; name the variable "
                + "alone; its value is taken from the environment"),
        fault(
            "sandbox",
            "allowed_write_paths: [/var/, data, /srv/../etc]",
            "1:23 allowed_write_paths[0]: is a host system path and would be writable, got "
                + "\"/var/\", allowed is a path below it or elsewhere; name the subdirectory that "
                + "is needed",
            "1:36 allowed_write_paths[2]: is a host system path and would be writable, got "
                + "\"/srv/../etc\", allowed is a path below it or elsewhere; name the subdirectory "
                + "that is needed"),
        fault(
            "sandbox",
            "allowed_write_paths: [~/out, a~b]",
            "1:23 allowed_write_paths[0]: begins with ~, got \"~/out\", allowed is a path without ~; "
                + "write the whole path of the home directory"),
        fault(
            "sandbox",
            "bind_mounts:\n- {source: /etc, target: /a, read_only: false}",
            "2:12 bind_mounts[0].source: is a host system path and would be writable, got "
                + "\"/etc\", allowed is a path below it or elsewhere; name the subdirectory that "
                + "is needed"),
        fault(
            "sandbox",
            "bind_mounts:\n- source: a\n  target: b",
            "3:11 bind_mounts[0].target: is not absolute, got \"b\", allowed is an absolute path; "
                + "write for example target: /data"),
        fault(
            "sandbox",
            "bind_mounts:\n- source: a\n  target: /work/",
            "3:11 bind_mounts[0].target: is the working directory /work, got \"/work/\", allowed is "
                + ANOTHER_TARGET),
        fault(
            "sandbox",
            "allowed_read_paths: [/work]\nbind_mounts: [{source: a, target: /role/.}]",
            "1:22 allowed_read_paths[0]: is the working directory /work, got \"/work\", allowed is "
                + ANOTHER_TARGET,
            "2:35 bind_mounts[0].target: is the role's own directory /role, got \"/role/.\", "
                + "allowed is "
                + ANOTHER_TARGET),
        fault(
            "sandbox",
            "allowed_read_paths: [/a, /b]\nallowed_write_paths: [/b/]\n"
                + "bind_mounts: [{source: c, target: /a}]",
            "2:23 allowed_write_paths[0]: is a duplicate target, first on line 9, got \"/b/\", "
                + "allowed is a target of its own for each mount; change or remove one",
            "3:35 bind_mounts[0].target: is a duplicate target, first on line 9, got \"/a\", "
                + "allowed is a target of its own for each mount; change or remove one"),
        fault(
            "sandbox",
            "allowed_write_paths: ["
                + UP
                + "etc, "
                + UP
                + "usr/bin]\n"
                + "bind_mounts: [{source: "
                + UP
                + "root, target: /a, read_only: false}]",
            "1:23 allowed_write_paths[0]: is a host system path and would be writable, got \""
                + UP
                + "etc\", allowed is a path below it or elsewhere; name the subdirectory that is "
                + "needed",
            "1:"
                + (23 + UP.length() + "etc, ".length())
                + " allowed_write_paths[1]: is a host system path and would be writable, got \""
                + UP
                + "usr/bin\", allowed is a path below it or elsewhere; name the subdirectory "
                + "that is needed",
            "2:24 bind_mounts[0].source: is a host system path and would be writable, got \""
                + UP
                + "root\", allowed is a path below it or elsewhere; name the subdirectory that is "
                + "needed"),
        fault(
            "sandbox",
            "bind_mounts:\n- {source: \"a\\nb\", target: /a}",
            "2:12 bind_mounts[0].source: holds a line break or another control character, got "
                + "\"a\\nb\", allowed is a path without one; rename what it names"),
        fault(
            "sandbox",
            "bind_mounts:\n- {source: a, target: \"/a\\e\"}",
            "2:23 bind_mounts[0].target: holds a line break or another control character, got "
                + "\"/a\\u001b\", allowed is a path without one; rename what it names"),
        fault(
            "sandbox",
            "allowed_read_paths: [\"/a\\tb\"]",
            "1:22 allowed_read_paths[0]: holds a line break or another control character, got "
                + "\"/a\\tb\", allowed is a path without one; rename what it names"),
        fault(
            "sandbox",
            "allowed_write_paths: [\"/a\\x7f\"]",
            "1:23 allowed_write_paths[0]: holds a line break or another control character, got "
                + "\"/a\\u007f\", allowed is a path without one; rename what it names"),
        fault(
            "sandbox",
            "bind_mounts:\n- {source: a, target: /a}\n- {source: b, target: /a/}",
            "3:23 bind_mounts[1].target: is a duplicate target, first on line 10, got \"/a/\", "
                + "allowed is a target of its own for each mount; change or remove one"),
        fault(
            "sandbox",
            "bind_mounts:\n- source: a",
            "2:3 bind_mounts[0].target: is missing, allowed is text; add target: /data"),
        fault(
            "slurm",
            "extra_args: [--exclusive, --comment=a, --out=x]",
            "1:40 extra_args[2]: is not allowed, got \"--out=x\"" + SRUN_OPTIONS),
        fault(
            "slurm",
            "extra_args: [--lab, --pt, --prol=x, --task-pro=x, --mem=1, --, word]",
            "1:14 extra_args[0]: is not allowed, got \"--lab\"" + SRUN_OPTIONS,
            "1:21 extra_args[1]: is not allowed, got \"--pt\"" + SRUN_OPTIONS,
            "1:27 extra_args[2]: is not allowed, got \"--prol=x\"" + SRUN_OPTIONS,
            "1:37 extra_args[3]: is not allowed, got \"--task-pro=x\"" + SRUN_OPTIONS,
            "1:51 extra_args[4]: is not allowed, got \"--mem=1\"" + SRUN_OPTIONS,
            "1:60 extra_args[5]: is not allowed, got \"--\"" + SRUN_OPTIONS,
            "1:64 extra_args[6]: is not allowed, got \"word\"" + SRUN_OPTIONS),
        fault(
            "docker",
            "image: --privileged",
            "1:8 image: begins with -, got \"--privileged\", allowed is the name of an image"),
        fault(
            "docker",
            "runtime: runcs",
            "1:10 runtime: is not known, got \"runcs\", allowed is runc, runsc, kata-runtime, "
                + "kata-qemu, kata-fc, kata-clh; did you mean runc?"),
        fault(
            "docker",
            "extra_args: [--read-only, --label]",
            "1:27 extra_args[1]: has no value, got \"--label\", allowed is one behind =, or as the "
                + "next of the list; add it"),
        fault("docker", "extra_args: [-v]", "1:14 extra_args[0]: is not allowed" + OPTIONS_V),
        fault(
            "docker",
            "extra_args: ['--ulimit', 'nofile=1', other-image]",
            "1:38 extra_args[2]: is not allowed, got \"other-image\"" + OPTIONS));
  }

  private static final String SRUN_OPTIONS =
      ", allowed is --name or --name=value, of what srun has beside streams, name and limits; "
          + "remove it";

  private static final String OPTIONS =
      ", allowed is --ulimit --memory-swap --memory-reservation --memory-swappiness --cpu-shares "
          + "--cpu-period --cpu-quota --cpus --cpuset-cpus --cpuset-mems --pids-limit --shm-size "
          + "--oom-score-adj --stop-signal --stop-timeout --label -l --tmpfs --oom-kill-disable "
          + "--read-only; remove it";
  private static final String OPTIONS_V = ", got \"-v\"" + OPTIONS;

  static Stream<Case> ssh() {
    return Stream.of(
        fault(
            "bare ssh",
            "remote_cwd: /srv",
            "0:-1 host: is missing, allowed is text; add host: my-build-box"),
        fault(
            "bare ssh",
            "host: '   '",
            "1:7 host: is blank, got \"   \", allowed is text that is not blank; write for example "
                + "host: my-build-box"),
        fault(
            "bare ssh",
            "host: -oProxyCommand=x",
            "1:7 host: begins with -, got \"-oProxyCommand=x\", allowed is a host that does not; "
                + "write for example host: my-build-box"),
        fault(
            "bare ssh",
            "host: \"a\\nb\"",
            "1:7 host: holds a blank or control character, got \"a\\nb\", allowed is a host "
                + "without; write for example host: my-build-box"),
        fault(
            "bare ssh",
            "host: my box",
            "1:7 host: holds a blank or control character, got \"my box\", allowed is a host "
                + "without; write for example host: my-build-box"),
        fault(
            "bare ssh",
            "host: \"a\\0b\"",
            "1:7 host: holds a NUL character, got \"a\\u0000b\", allowed is text without one; "
                + "remove it"),
        fault(
            "ssh",
            "connect_timeout: 0",
            "1:18 connect_timeout: is too small, got 0, allowed is a whole number of seconds, 1 or "
                + "more; write for example connect_timeout: 10"),
        fault(
            "ssh",
            "connect_timeout: 1.5",
            "1:18 connect_timeout: is a decimal number, got 1.5, allowed is a whole number of "
                + "seconds, 1 or more; write for example connect_timeout: 10"),
        fault(
            "ssh",
            "control_persist: 60",
            "1:18 control_persist: is a whole number, got 60, allowed is an OpenSSH time in "
                + "quotes, as \"60s\" or \"1h30m\", or \"yes\" or \"no\"; write the unit too, as "
                + "\"60s\""),
        fault(
            "ssh",
            "control_persist: true",
            "1:18 control_persist: is true or false, got true, allowed is an OpenSSH time in "
                + "quotes, as \"60s\" or \"1h30m\", or \"yes\" or \"no\"; write \"yes\" in quotes"),
        fault(
            "ssh",
            "control_persist: 5 minutes",
            "1:18 control_persist: is no OpenSSH time, got \"5 minutes\", allowed is an OpenSSH "
                + "time in quotes, as \"60s\" or \"1h30m\", or \"yes\" or \"no\""),
        fault(
            "ssh",
            "remote_cwd: ' '",
            "1:13 remote_cwd: is blank, got \" \", allowed is text that is not blank"),
        fault(
            "ssh",
            "remote_cwd: \"/a\\0\"",
            "1:13 remote_cwd: holds a NUL character, got \"/a\\u0000\", allowed is text without "
                + "one; remove it"),
        fault(
            "ssh",
            "identity_file: ''",
            "1:16 identity_file: is blank, got \"\", allowed is text that is not blank"),
        fault(
            "ssh",
            "config_file: ~bob/config",
            "1:14 config_file: begins with ~, got \"~bob/config\", allowed is the path of a file "
                + "that can be read; write ~/ for your home, or the whole path"),
        fault(
            "ssh",
            "port: 22",
            "1:1 port: is not a key of a role; OpenSSH's configuration decides it, set Port for "
                + "this Host"),
        fault(
            "ssh",
            "user: bob",
            "1:1 user: is not a key of a role; write host: user@hostname, or set User for this "
                + "Host"),
        fault(
            "ssh",
            "conect_timeout: 5",
            "1:1 conect_timeout: is not a known key; did you mean connect_timeout?"),
        fault(
            "ssh",
            "connectTimeout: 5",
            "1:1 connectTimeout: is not a known key; did you mean connect_timeout?"));
  }

  @ParameterizedTest
  @MethodSource({
    "metadata",
    "spec",
    "model",
    "tools",
    "otherTools",
    "rulesOnPaths",
    "guardrails",
    "sandbox",
    "ssh"
  })
  void isReportedWhereItStands(Case each) throws IOException {
    Snippet snippet = Snippet.at(each.place());
    Path file = Files.writeString(directory.resolve("role.yaml"), snippet.roleWith(each.lines()));

    assertThat(faultsOf(file))
        .containsExactlyElementsOf(
            each.faults().stream().map(fault -> file + ":" + absolute(fault, snippet)).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path=.",
        "path=/",
        "path=../a",
        "path=*/../*",
        "path=.env",
        "path=a..b",
        "*://*",
        "*/"
      })
  void aPlainPathIsNoFaultOfARule(String rule) throws IOException {
    String lines = "- type: filesystem\n  permissions: {deny: ['" + rule + "']}";
    Path file =
        Files.writeString(directory.resolve("role.yaml"), Snippet.at("tools").roleWith(lines));

    assertThat(RoleLoader.load(file).tools()).isNotEmpty();
  }

  private static String absolute(String expected, Snippet snippet) {
    Matcher parts = EXPECTED.matcher(expected);
    assertThat(parts.matches()).as(expected).isTrue();
    int line = Integer.parseInt(parts.group(1));
    int column = Integer.parseInt(parts.group(2));
    String key = parts.group(3);
    String dot = snippet.path().isEmpty() || key.startsWith("[") ? "" : ".";
    return snippet.position(line, column)
        + ": "
        + snippet.path()
        + dot
        + key
        + ": "
        + parts.group(4);
  }

  private static List<String> faultsOf(Path file) {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused).as("the role loads").isNotNull();
    return refused.faults().stream().map(ConfigFault::toString).toList();
  }

  @Test
  void aRequiredKeyThatIsMissingIsReportedAtItsParent() throws IOException {
    Path file =
        Files.writeString(directory.resolve("role.yaml"), "metadata:\n  name: ab\nspec: {}\n");

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":1:1: apiVersion: is missing, allowed is initrunner/v1; add apiVersion: initrunner/v1",
            file + ":1:1: kind: is missing, allowed is Agent; add kind: Agent",
            file
                + ":3:1: spec.role: is missing, allowed is text; add role: You are a build assistant.");
  }

  @Test
  void theHeadOfTheFileIsChecked() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            """
            apiVersion: initrunner/v2
            kind: Agnt
            metadata:
              name: -x
            spec:
              role: Hello {{ name }}
            """);

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":1:13: apiVersion: is not known, got \"initrunner/v2\", allowed is "
                + "initrunner/v1; did you mean initrunner/v1?",
            file + ":2:7: kind: is not known, got \"Agnt\", allowed is Agent; did you mean Agent?",
            file
                + ":4:9: metadata.name: has another form, got \"-x\", allowed is two or more of "
                + "a-z, 0-9 and -, with no - at either end; write for example name: build-agent",
            file
                + ":6:9: spec.role: has a {{variable}}, and variables are not available in this "
                + "version, got \"Hello {{ name }}\", allowed is text without {{ }}; write the "
                + "text itself");
  }

  @Test
  void aRoleOfSixtyFaultsHasSixtyMessagesInItsOrder() throws IOException {
    String keys = lines(20, i -> "key%d: x".formatted(i));
    String tools = lines(20, i -> "    - type: tool%d".formatted(i));
    String limits = lines(20, i -> "    limit%d: x".formatted(i));
    String role =
        Snippet.at("spec").roleWith("") + "  tools:\n" + tools + "  guardrails:\n" + limits + keys;
    Path file = Files.writeString(directory.resolve("role.yaml"), role);

    List<String> faults = faultsOf(file);

    assertThat(faults).hasSize(60);
    for (int i = 0; i < 20; i++) {
      assertThat(faults.get(i))
          .startsWith(file + ":" + (8 + i) + ":13: spec.tools[" + i + "].type: ");
      assertThat(faults.get(20 + i))
          .startsWith(file + ":" + (29 + i) + ":5: spec.guardrails.limit" + i);
      assertThat(faults.get(40 + i)).startsWith(file + ":" + (49 + i) + ":1: key" + i + ": ");
    }
  }

  private static String lines(int count, IntFunction<String> line) {
    return IntStream.range(0, count)
        .mapToObj(i -> line.apply(i) + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void anUnreadableValueIsShownCutAndWithoutWhatATerminalActsOn() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            Snippet.at("sandbox")
                .roleWith("network: \"\\e[2J" + "x".repeat(100) + "\"\n\"\\e[1m\": 1"));

    assertThat(faultsOf(file))
        .containsExactly(
            file
                + ":9:16: spec.security.sandbox.network: is not known, got \"\\u001b[2J"
                + "x".repeat(56)
                + "…\", allowed is none, bridge, host",
            file
                + ":10:7: spec.security.sandbox.\\u001b[1m: is not a known key, allowed is backend, "
                + "network, allowed_read_paths, allowed_write_paths, memory_limit, cpu_limit, "
                + "process_limit, file_size_limit, read_only_rootfs, bind_mounts, env_passthrough, secret_env, limits, docker, ssh");
  }

  @Test
  void aFileThatTheRoleNamesMustBeThere() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"),
            Snippet.at("ssh").roleWith("identity_file: keys/id\nconfig_file: ~/none\n"));
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.createDirectories(directory.resolve("keys/id"));

    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class, () -> RoleLoader.load(file, home, Optional.empty()));

    assertThat(refused.faults())
        .extracting(ConfigFault::toString)
        .containsExactly(
            file
                + ":12:24: spec.security.sandbox.ssh.identity_file: is not a file, got \"keys/id\", "
                + "allowed is the path of a file that can be read; name a file",
            file
                + ":13:22: spec.security.sandbox.ssh.config_file: does not exist as "
                + home.resolve("none")
                + ", got \"~/none\", allowed is the path of a file that can be read; create it or "
                + "correct the path");
  }

  @Test
  void theConfigurationOfSshMayBeNone() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("role.yaml"), Snippet.at("ssh").roleWith("config_file: /dev/null\n"));
    assertThat(RoleLoader.load(file).sandbox().ssh().orElseThrow().configFile())
        .contains(Path.of("/dev/null"));
  }

  @Test
  void noNameIsObeyedByATerminalThatShowsTheFault() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("a\nb\u001b.yaml"),
            Snippet.at("ssh")
                .roleWith("identity_file: \"/none/a\\nb\"\nconfig_file: \"/none/\\e\"\n"));
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(file));
    assertThat(refused.faults())
        .hasSize(2)
        .extracting(ConfigFault::toString)
        .allSatisfy(fault -> assertThat(fault.chars()).noneMatch(Character::isISOControl))
        .allSatisfy(fault -> assertThat(fault).contains("a\\nb\\u001b.yaml:1"));
  }

  @Test
  void anEmptyNameIsShownAsOne() {
    ConfigException refused =
        catchThrowableOfType(ConfigException.class, () -> RoleLoader.load(Path.of("")));
    assertThat(refused).hasMessage("\"\": is no name of a file; name a role file");
  }
}
