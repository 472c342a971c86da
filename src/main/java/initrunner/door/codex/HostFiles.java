package initrunner.door.codex;

import initrunner.door.jsonrpc.Json;
import initrunner.door.jsonrpc.RpcException;
import initrunner.exec.Ended;
import initrunner.exec.transport.ShellStatus;
import initrunner.runtime.HostAccess.FileAnswer;
import initrunner.runtime.HostAccess.Permit;
import initrunner.text.UnicodeText;
import initrunner.tool.ScriptAnswer;
import initrunner.tool.files.HostFileTool;
import initrunner.tool.files.HostFileTool.Function;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The files of the host for one client (`fs/…`). Safe for many threads.
final class HostFiles {

  /// The client takes this for a file that is not there.
  static final int NOT_FOUND = -32004;

  private static final int MOST_OPEN = 256;

  private final PermittedCalls calls;

  /// The paths of files that the client reads in blocks, by its handles.
  private final Map<String, String> open = new ConcurrentHashMap<>();

  HostFiles(PermittedCalls calls) {
    this.calls = calls;
  }

  private static Json.Obj path(String path) {
    return Json.Obj.EMPTY.with(HostFileTool.PATH, path);
  }

  private static Json.Obj following(String path, Params params) throws RpcException {
    return path(path).with(HostFileTool.FOLLOW_LINKS, params.flag("followSymlinks", true));
  }

  Json.Obj read(String path, Params params) throws RpcException, InterruptedException {
    Content content = content(reading(Function.READ, following(path, params)));
    return Json.Obj.EMPTY.with("dataBase64", Base64.getEncoder().encodeToString(content.bytes()));
  }

  /// Keeps the path only: each block is read by a call of its own.
  Json.Obj open(String path, Params params) throws RpcException, InterruptedException {
    String handle = params.text("handleId");
    if (open.size() >= MOST_OPEN) {
      throw new RpcException(
          RpcException.INVALID_REQUEST, "more than " + MOST_OPEN + " files are open");
    }
    Content ignored = block(path, 0, 0);
    if (open.putIfAbsent(handle, path) != null) {
      throw new RpcException(
          RpcException.INVALID_REQUEST, "file handle " + handle + " already exists");
    }
    return Json.Obj.EMPTY.with("handleId", handle);
  }

  Json.Obj readBlock(Params params) throws RpcException, InterruptedException {
    String handle = params.text("handleId");
    String path = open.get(handle);
    if (path == null) {
      throw new RpcException(RpcException.INVALID_REQUEST, "unknown file handle " + handle);
    }
    long offset = params.number("offset", 0);
    Content content = block(path, offset, params.number("len", HostFileTool.MOST_BYTES));
    return Json.Obj.EMPTY
        .with("chunk", Base64.getEncoder().encodeToString(content.bytes()))
        .with("eof", offset + content.bytes().length >= content.size());
  }

  Json.Obj close(Params params) throws RpcException {
    open.remove(params.text("handleId"));
    return Json.Obj.EMPTY;
  }

  private Content block(String path, long offset, long length)
      throws RpcException, InterruptedException {
    return content(
        reading(
            Function.READ,
            path(path)
                .with(HostFileTool.FIRST_BYTE, offset)
                .with(HostFileTool.BYTES, Math.min(length, HostFileTool.MOST_BYTES))));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(long size, byte[] bytes) {}

  private static Content content(byte[] output) throws RpcException {
    int end = 0;
    while (end < output.length && output[end] != '\n') {
      end++;
    }
    String size = new String(output, 0, end, StandardCharsets.US_ASCII);
    if (end == output.length || !size.matches("[0-9]{1,18}")) {
      throw unreadable();
    }
    return new Content(Long.parseLong(size), Arrays.copyOfRange(output, end + 1, output.length));
  }

  Json.Obj metadata(String path, Params params) throws RpcException, InterruptedException {
    String told =
        new String(reading(Function.METADATA, following(path, params)), StandardCharsets.US_ASCII);
    String[] words = told.strip().split(" ", -1);
    if (words.length != 4 || !(words[2] + words[3]).matches("-?[0-9]{1,18}-?[0-9]{0,18}")) {
      throw unreadable();
    }
    return Json.Obj.EMPTY
        .with("isDirectory", words[0].equals("directory"))
        .with("isFile", words[0].equals("file"))
        .with("isSymlink", words[1].equals("yes"))
        .with("size", Long.parseLong(words[2]))
        .with("createdAtMs", 0)
        .with("modifiedAtMs", Long.parseLong(words[3]) * 1000);
  }

  /// The physical path on the host.
  String resolved(String path) throws RpcException, InterruptedException {
    String told = new String(reading(Function.RESOLVE, path(path)), StandardCharsets.UTF_8);
    if (!told.startsWith("/") || !told.endsWith("\0")) {
      throw unreadable();
    }
    return told.substring(0, told.length() - 1);
  }

  Json.Obj list(String path) throws RpcException, InterruptedException {
    String told = new String(reading(Function.LIST, path(path)), StandardCharsets.UTF_8);
    // The script's list ends with an additional separator.
    if (!told.equals("\0") && !told.endsWith("\0\0")) {
      throw unreadable();
    }
    List<Json> entries = new ArrayList<>();
    for (String each : told.substring(0, told.length() - 1).split("\0", -1)) {
      if (each.length() > 1) {
        String name = each.substring(1);
        entries.add(
            Json.Obj.EMPTY
                .with("fileName", name.startsWith("./") ? name.substring(2) : name)
                .with("isDirectory", each.charAt(0) == 'd')
                .with("isFile", each.charAt(0) == 'f'));
      }
    }
    return Json.Obj.EMPTY.with("entries", new Json.Arr(entries));
  }

  /// All below a directory. Follows no links, also if the client asks for that: they may lead
  /// outside.
  ///
  /// @param uri of the directory, as the client names it
  Json.Obj walk(String path, String uri, Params options) throws RpcException, InterruptedException {
    byte[] told =
        reading(
            Function.WALK,
            path(path)
                .with(HostFileTool.DEPTH, options.number("maxDepth", 0))
                .with(HostFileTool.SKIP_HIDDEN, options.flag("pruneHiddenDirectories", false)));
    boolean isCut = told.length >= HostFileTool.MOST_LISTED_BYTES;
    long most = options.number("maxEntries", Integer.MAX_VALUE);
    List<String> found =
        Stream.of(new String(told, StandardCharsets.UTF_8).split("\0", -1))
            .filter(each -> each.length() > "d./".length())
            .toList();
    String parent = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
    List<Json> entries =
        found.stream()
            .limit(isCut ? Math.min(most, found.size() - 1L) : most)
            .<Json>map(each ->
                Json.Obj.EMPTY
                    .with("path", parent + FileUri.encoded(each.substring(2)))
                    .with("kind", each.charAt(0) == 'd' ? "directory" : "file"))
            .toList();
    return Json.Obj.EMPTY
        .with("entries", new Json.Arr(entries))
        .with("errors", new Json.Arr(List.of()))
        .with("truncated", isCut || found.size() > most);
  }

  Json.Obj write(String path, Params params) throws RpcException, InterruptedException {
    byte[] content = params.bytes("dataBase64");
    Json.Obj arguments = following(path, params);
    return changing(
        Function.WRITE,
        text(content)
            .map(text -> arguments.with(HostFileTool.CONTENT, text))
            .orElseGet(() ->
                arguments.with(
                    HostFileTool.CONTENT_BASE64, Base64.getEncoder().encodeToString(content))));
  }

  /// So that rules, a person and the audit log see text as text.
  private static Optional<String> text(byte[] content) {
    try {
      return Optional.of(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString())
          .filter(text -> text.indexOf('\0') < 0 && UnicodeText.isWellFormed(text));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  Json.Obj makeDirectory(String path, Params params) throws RpcException, InterruptedException {
    return changing(
        Function.MAKE_DIRECTORY,
        path(path).with(HostFileTool.RECURSIVE, params.flag("recursive", true)));
  }

  Json.Obj remove(String path, Params params) throws RpcException, InterruptedException {
    return changing(
        Function.REMOVE,
        path(path)
            .with(HostFileTool.RECURSIVE, params.flag("recursive", true))
            .with(HostFileTool.IGNORE_MISSING, params.flag("force", true)));
  }

  Json.Obj copy(String source, String destination, Params params)
      throws RpcException, InterruptedException {
    if (params.flag("recursive", false)) {
      throw new RpcException(
          RpcException.INVALID_REQUEST, "only single files are copied; use a command (cp -R)");
    }
    return changing(Function.COPY, path(destination).with(HostFileTool.SOURCE, source));
  }

  private byte[] reading(Function function, Json.Obj arguments)
      throws RpcException, InterruptedException {
    return output(calls.toRead(function.tool(), arguments));
  }

  private Json.Obj changing(Function function, Json.Obj arguments)
      throws RpcException, InterruptedException {
    byte[] ignored = output(calls.toChange(function.tool(), arguments, _ -> {}));
    return Json.Obj.EMPTY;
  }

  private byte[] output(Permit.Ready permit) throws RpcException, InterruptedException {
    FileAnswer answer = calls.access().file(permit);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Ended ended = answer.ended();
    if (ended.equals(new Ended.Exited(0)) && answer.isWhole()) {
      return answer.output();
    }
    String why = answer.complaint().strip();
    if (ended.equals(new Ended.Exited(ScriptAnswer.REFUSED))) {
      throw new RpcException(RpcException.INVALID_REQUEST, why);
    }
    if (ended.equals(new Ended.Exited(HostFileTool.MISSING))) {
      throw new RpcException(NOT_FOUND, why);
    }
    throw new RpcException(
        RpcException.INTERNAL_ERROR,
        "the operation on files ended with exit status "
            + ShellStatus.of(ended)
            + " on "
            + calls.access().host()
            + (why.isEmpty() ? "" : ": " + why));
  }

  private static RpcException unreadable() {
    return new RpcException(
        RpcException.INTERNAL_ERROR,
        "the answer did not arrive as it was written; what the host has is not known");
  }
}
