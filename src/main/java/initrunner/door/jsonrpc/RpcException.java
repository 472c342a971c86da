package initrunner.door.jsonrpc;

import initrunner.text.SafeText;
import java.util.Optional;

/// A request that gets an error as its answer. Nothing was started for it.
public final class RpcException extends Exception {

  private static final long serialVersionUID = 1L;

  /// The text is not JSON (JSON-RPC 2.0, section 5.1).
  public static final int PARSE_ERROR = -32700;

  public static final int INVALID_REQUEST = -32600;
  public static final int METHOD_NOT_FOUND = -32601;
  public static final int INVALID_PARAMS = -32602;
  public static final int INTERNAL_ERROR = -32603;

  private static final int MOST_NAME_CHARACTERS = 200;

  private final int code;
  private final transient Optional<Json> data;

  /// An error without data.
  public RpcException(int code, String message) {
    this(code, message, Optional.empty());
  }

  /// An error.
  ///
  /// @param data for the client's program
  public RpcException(int code, String message, Optional<Json> data) {
    super(message);
    this.code = code;
    this.data = data;
  }

  /// A method that the server does not have.
  public static RpcException methodNotFound(String method) {
    return new RpcException(
        METHOD_NOT_FOUND,
        "Method not found: " + SafeText.oneLine(SafeText.cut(method, MOST_NAME_CHARACTERS)));
  }

  /// Parameters that the method does not take.
  public static RpcException invalidParams(String message) {
    return new RpcException(INVALID_PARAMS, message);
  }

  /// The error object (JSON-RPC 2.0, section 5.1).
  public Json.Obj error() {
    Json.Obj error =
        Json.Obj.EMPTY.with("code", code).with("message", String.valueOf(getMessage()));
    return data.map(more -> error.with("data", more)).orElse(error);
  }

  public int code() {
    return code;
  }
}
