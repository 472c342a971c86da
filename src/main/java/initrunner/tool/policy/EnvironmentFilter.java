package initrunner.tool.policy;

import initrunner.text.Words;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Keeps variables with the names of secrets out of the environments of commands. It sees names
/// only: a secret under a harmless name passes. Immutable and safe for many threads.
///
/// A name is dropped if it is not on the list of allowed names and, in any case, starts with a
/// sensitive prefix or ends with a sensitive suffix. After the suffix there may be a number or a
/// word such as `_PEM`, `_BASE64` or `_OLD`. Allowed names are compared exactly.
public final class EnvironmentFilter {

  /// Names that match a sensitive prefix or suffix and hold no secret.
  public static final Set<String> ALLOWED = Set.of("SSH_AGENT_PID", "GPG_AGENT_INFO");

  /// The ends of secrets' names. `_PWD` marks a password; the shell's `PWD` and `OLDPWD` do not end
  /// so.
  public static final List<String> SUFFIXES =
      Words.of(
          """
          _KEY _SECRET _TOKEN _PASSWORD _PASSPHRASE _CREDENTIAL _CREDENTIALS
          _API_KEY _ACCESS_KEY _PRIVATE_KEY _PAT _DSN _APIKEY _APITOKEN
          _CONNECTION_STRING _KEY_BASE
          PASSWORD PASSWD PASSPHRASE PASSCODE PASS TOKEN SECRET CREDENTIAL CREDENTIALS
          PASSWORDS PASSPHRASES _PASSES TOKENS SECRETS _CREDS _KEYS
          APIKEY ACCESSKEY PRIVATEKEY PRIVKEY SECRETKEY AUTHKEY MASTERKEY SIGNINGKEY
          ENCRYPTIONKEY DEPLOYKEY LICENSEKEY SSHKEY APIKEYS KEY_ID_SECRET
          _PWD _PW _PSK _OTP _TOTP _JWT _JWTS _BEARER _SALT _MNEMONIC _SEED_PHRASE
          COOKIE COOKIES AUTHORIZATION AUTH_HEADER AUTH_HEADERS BASIC_AUTH AUTH_CONFIG
          COMPOSER_AUTH __AUTH DOCKERCONFIGJSON DOCKER_CONFIG_JSON CONNECTIONSTRING
          CONNECTION_STRINGS _CONN_STR _CONNSTR DATABASE_URL DATABASE_URI REDIS_URL
          BROKER_URL MONGO_URL MONGODB_URL MONGODB_URI POSTGRES_URL POSTGRESQL_URL MYSQL_URL
          AMQP_URL _WEBHOOK _WEBHOOK_URL BW_SESSION ID_RSA
          """);

  /// Names that are a suffix as a whole.
  private static final Set<String> WHOLE =
      Set.copyOf(Words.of("JWT PSK OTP BEARER CREDS PAT DSN MNEMONIC"));

  /// Endings that match a shorter suffix and mark no secret.
  private static final List<String> HARMLESS =
      Words.of(
          """
          COMPASS BYPASS ASKPASS TRESPASS OVERPASS UNDERPASS SURPASS
          MAX_TOKENS MIN_TOKENS NUM_TOKENS TOTAL_TOKENS OUTPUT_TOKENS INPUT_TOKENS
          THINKING_TOKENS PROMPT_TOKENS COMPLETION_TOKENS NEW_TOKENS
          """);

  /// Words after a secret's name that say how it is encoded or which one it is.
  private static final Set<String> DECORATIONS =
      Set.copyOf(
          Words.of(
              """
              PEM DER B64 BASE64 HEX RAW JSON TEXT VALUE OLD NEW PREVIOUS CURRENT PRIMARY SECONDARY
              PROD PRODUCTION DEV DEVELOPMENT TEST TESTING STAGING STAGE LIVE DEFAULT BACKUP
              """));

  /// The beginnings of secrets' names: services whose variables are mostly keys, and single names.
  public static final List<String> PREFIXES =
      Words.of(
          """
          OPENAI_ ANTHROPIC_ GOOGLE_API_KEY GEMINI_ HF_ HUGGING_FACE COHERE_ REPLICATE_
          MISTRAL_ GROQ_ TOGETHER_ FIREWORKS_ DEEPSEEK_ PERPLEXITY_ XAI_ OPENROUTER_ VOYAGE_
          AWS_ GCP_ GCLOUD_ GOOGLE_APPLICATION_CREDENTIALS GOOGLE_CLOUD_ AZURE_ DIGITALOCEAN_
          DO_API LINODE_ VULTR_ HETZNER_ CLOUDFLARE_ FASTLY_ NETLIFY_ VERCEL_ HEROKU_ RENDER_
          RAILWAY_ FLY_API SUPABASE_ FIREBASE_ ALICLOUD_ ALIBABA_CLOUD_ TENCENTCLOUD_ OCI_
          IBMCLOUD_
          GITHUB_TOKEN GITHUB_PAT GH_TOKEN GHP_ GITLAB_TOKEN BITBUCKET_TOKEN CODECOV_TOKEN
          NPM_TOKEN PYPI_ TWINE_ JFROG_ ARTIFACTORY_ NUGET_
          SLACK_ TELEGRAM_BOT_TOKEN DISCORD_BOT_TOKEN TWILIO_ SENDGRID_ MAILGUN_ STRIPE_
          DATABASE_URL REDIS_URL MONGO_URI MONGODB_URI POSTGRES_PASSWORD MYSQL_PASSWORD
          SSH_AUTH_SOCK SSH_PRIVATE_KEY SECRET_KEY SESSION_SECRET DJANGO_SECRET
          RAILS_MASTER_KEY JWT_SECRET
          DOCKER_PASSWORD DOCKER_TOKEN VAULT_TOKEN SENTRY_ DATADOG_ DD_API_KEY DD_APP_KEY
          NEW_RELIC_ SNYK_ SONAR_
          """);

  /// The filter with the lists above.
  public static final EnvironmentFilter DEFAULT =
      new EnvironmentFilter(PREFIXES, SUFFIXES, ALLOWED);

  private final List<String> prefixes;
  private final List<String> suffixes;
  private final Set<String> allowed;
  private final Set<String> named;

  /// A filter with these lists only, without the defaults.
  public EnvironmentFilter(
      Collection<String> prefixes, Collection<String> suffixes, Collection<String> allowed) {
    this(
        prefixes.stream().map(EnvironmentFilter::upperCase).toList(),
        suffixes.stream().map(EnvironmentFilter::upperCase).toList(),
        Set.copyOf(allowed),
        Set.of());
  }

  private EnvironmentFilter(
      List<String> prefixes, List<String> suffixes, Set<String> allowed, Set<String> named) {
    this.prefixes = prefixes;
    this.suffixes = suffixes;
    this.allowed = allowed;
    this.named = named;
  }

  /// This filter, which also drops these names, even allowed ones.
  public EnvironmentFilter dropping(Collection<String> names) {
    return new EnvironmentFilter(prefixes, suffixes, allowed, Set.copyOf(names));
  }

  /// The variables that passed and the names of the dropped ones, so that the drop can be reported.
  ///
  /// @param kept in the order of the filtered environment
  /// @param dropped names only, in the same order
  public record Filtered(SequencedMap<String, String> kept, List<String> dropped) {

    public Filtered {
      kept = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(kept));
      dropped = List.copyOf(dropped);
    }
  }

  /// Separates the variables.
  public Filtered filter(Map<String, String> environment) {
    SequencedMap<String, String> kept = new LinkedHashMap<>();
    List<String> dropped = new ArrayList<>();
    environment.forEach((name, value) -> {
      if (isSensitive(name)) {
        dropped.add(name);
      } else {
        kept.put(name, value);
      }
    });
    return new Filtered(kept, dropped);
  }

  /// Whether a variable of this name is dropped.
  public boolean isSensitive(String name) {
    if (named.contains(name)) {
      return true;
    }
    if (allowed.contains(name)) {
      return false;
    }
    String upper = upperCase(name);
    return prefixes.stream().anyMatch(upper::startsWith)
        || endsLikeASecret(upper)
        || endsLikeASecret(bare(upper));
  }

  private boolean endsLikeASecret(String upper) {
    return suffixes.stream()
            .anyMatch(suffix -> upper.endsWith(suffix) && !isHarmless(upper, suffix))
        || (suffixes.equals(SUFFIXES) && WHOLE.contains(upper));
  }

  private static boolean isHarmless(String upper, String suffix) {
    return HARMLESS.stream()
        .anyMatch(ending -> ending.length() > suffix.length() && upper.endsWith(ending));
  }

  /// The name without the numbers and decorations at its end.
  private static String bare(String upper) {
    String bare = upper;
    int underscore = bare.lastIndexOf('_');
    while (underscore > 0 && isDecoration(bare.substring(underscore + 1))) {
      bare = bare.substring(0, underscore);
      underscore = bare.lastIndexOf('_');
    }
    return bare.substring(0, beforeDigits(bare));
  }

  private static boolean isDecoration(String word) {
    int number = beforeDigits(word);
    boolean isNumber =
        number < word.length() && (number == 0 || word.substring(0, number).equals("V"));
    return isNumber || DECORATIONS.contains(word);
  }

  private static int beforeDigits(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) >= '0' && text.charAt(end - 1) <= '9') {
      end--;
    }
    return end;
  }

  private static String upperCase(String name) {
    return name.toUpperCase(Locale.ROOT);
  }
}
