package dev.rollcall.server.channel;

import dev.rollcall.probes.Resolver;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.address.PublicResolver;
import dev.rollcall.server.channel.definition.ChannelDefinition;
import dev.rollcall.server.channel.list.ChannelList;
import dev.rollcall.server.channel.message.MessageTemplates;
import dev.rollcall.server.channel.routes.ChannelRoutes;
import dev.rollcall.server.channel.store.ChannelStore;
import dev.rollcall.server.channel.store.StoredDefinitions;
import dev.rollcall.server.channel.type.ChannelSettings;
import dev.rollcall.server.channel.type.Mail;
import dev.rollcall.server.channel.type.SmtpClient;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.outbox.AlertRoute;
import dev.rollcall.server.outbox.Channel;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.outbox.RoutedChannel;
import dev.rollcall.server.outbox.UnknownWords;
import dev.rollcall.server.owner.Scope;
import dev.rollcall.server.secret.InstallationKey;
import dev.rollcall.server.signal.Subjects;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.GroupCommit;
import dev.rollcall.server.time.BackgroundLoop;
import dev.rollcall.server.time.Clock;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The entry point of the package, for the composition root: which channels there are. Those of the
/// configuration file and those of the database are handed to the outbox, at once when they change;
/// what another process has changed is found within a second on PostgreSQL.
public final class Channels implements AutoCloseable {
  /// The scripts that create the tables of this package.
  public static final List<String> MIGRATIONS = List.of("db/migration/V15__channel.sql");

  private static final System.Logger LOG = System.getLogger(Channels.class.getName());
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

  private final ChannelStore store;
  private final StoredDefinitions definitions;
  private final Outbox outbox;
  private final Duration look;
  private final PublicResolver publicOnly;
  private final ChannelList list;
  private final ChannelRoutes routes;
  private final BackgroundLoop loop =
      new BackgroundLoop("channels", "the reading of channels", AFTER_FAILURE, this::look);

  private volatile List<ChannelDefinition> ofFile = List.of();
  private volatile boolean read;
  private List<ChannelStore.Row> stored = List.of();
  private Map<String, OpenChannel> open = Map.of();
  private final Set<String> unreadable = new HashSet<>();

  /// A channel that the outbox uses, what it is told of, and what it was opened with.
  ///
  /// @param channel the one with these settings, which sends our texts
  /// @param used the same, with the texts of its definition
  private record OpenChannel(
      ChannelSettings settings,
      AlertRoute route,
      MessageTemplates templates,
      Channel channel,
      Channel used) {
    private RoutedChannel routed() {
      return new RoutedChannel(used, route);
    }
  }

  /// @param subjects what routes choose from
  /// @param reach what channels of accounts may reach although it is not public
  public Channels(
      Database database,
      GroupCommit commits,
      Outbox outbox,
      Subjects subjects,
      InstallationKey key,
      Blocks reach,
      Clock clock) {
    this.publicOnly = new PublicResolver(Resolver.ofStrangers(), reach);
    this.store = new ChannelStore(database, commits, clock);
    this.definitions = new StoredDefinitions(key);
    this.outbox = outbox;
    this.look = database.location().lookEvery();
    this.list =
        new ChannelList(
            store, definitions, () -> ofFile, loop::wake, this::channel, outbox::lastTold, clock);
    this.routes =
        new ChannelRoutes(
            store,
            definitions,
            list,
            publicOnly,
            (owner, route) -> UnknownWords.of(route).hint(database, subjects, owner),
            loop::wake);
  }

  /// Uses these channels of the configuration file, and no others of it, from now on.
  public synchronized void apply(List<ChannelDefinition> file) {
    ofFile = List.copyOf(file);
    use();
  }

  /// Begins to use the channels of the database.
  public void start() {
    loop.start();
  }

  /// Whether the channels of the database have been read.
  public boolean areRead() {
    return read;
  }

  /// Whether somebody is told about what an owner has: whether this process uses a channel of it.
  public boolean isThereOne(long owner) {
    return !outbox.channels(owner).isEmpty();
  }

  /// Whether mail can be sent to people with accounts: through the operator's first channel of type
  /// `mail`.
  public boolean canMail() {
    return mailClient().isPresent();
  }

  private synchronized Optional<SmtpClient> mailClient() {
    return open.values().stream()
        .map(OpenChannel::channel)
        .filter(channel -> channel.name().indexOf('/') < 0)
        .filter(Mail.class::isInstance)
        .map(Mail.class::cast)
        .min(Comparator.comparing(Mail::name))
        .map(Mail::client);
  }

  private synchronized Optional<Channel> channel(String key) {
    return Optional.ofNullable(open.get(key)).map(OpenChannel::used);
  }

  /// Mails somebody through that channel. A failure is logged, without the text.
  public void mail(String to, String subject, String text) throws InterruptedException {
    Optional<SmtpClient> client = mailClient();
    String problem =
        client.isEmpty()
            ? "there is no channel of type mail any more"
            : switch (client.get().send(SmtpClient.Letter.of(to, subject, text))) {
              case Channel.Result.Sent _ -> "";
              case Channel.Result.Retry(String reason, _, _) -> reason;
              case Channel.Result.Refused(String reason) -> reason;
              case Channel.Result.Withheld _ -> "it was withheld";
            };
    if (!problem.isEmpty()) {
      LOG.log(Level.WARNING, "a mail to {0} was not sent: {1}", to, problem);
    }
  }

  /// Deletes all channels of an account.
  public void deleteOf(long owner) {
    store.list(Scope.of(owner)).forEach(row -> store.delete(row.owner(), row.name()));
    loop.wake();
  }

  /// The channels, for pages.
  public ChannelList list() {
    return list;
  }

  /// The routes of channels.
  public List<Route> routes() {
    return routes.routes();
  }

  private Duration look() {
    List<ChannelStore.Row> rows = store.list(Scope.everything());
    synchronized (this) {
      stored = rows;
      use();
    }
    read = true;
    return look;
  }

  /// Opens what is new or has changed; the outbox closes the others.
  private void use() {
    Map<String, OpenChannel> now = new HashMap<>();
    for (ChannelDefinition definition : ofFile) {
      now.put(definition.name(), opened(Scope.OPERATOR, definition.name(), definition));
    }
    for (ChannelStore.Row row : stored) {
      String key = ChannelStore.key(row.owner(), row.name());
      definition(row).ifPresent(read -> now.putIfAbsent(key, opened(row.owner(), key, read)));
    }
    if (!now.equals(open)) {
      open = Map.copyOf(now);
      outbox.use(now.values().stream().map(OpenChannel::routed).toList());
    }
  }

  private OpenChannel opened(long owner, String key, ChannelDefinition definition) {
    OpenChannel before = open.get(key);
    Resolver resolver = owner == Scope.OPERATOR ? Resolver.system() : publicOnly;
    ChannelSettings settings = definition.settings();
    MessageTemplates templates = definition.templates();
    if (before != null
        && before.settings().equals(settings)
        && before.templates().equals(templates)) {
      return new OpenChannel(
          settings, definition.route(), templates, before.channel(), before.used());
    }
    Channel channel = settings.open(key, resolver);
    return new OpenChannel(
        settings,
        definition.route(),
        templates,
        channel,
        templates.over(channel, settings.markup()));
  }

  private Optional<ChannelDefinition> definition(ChannelStore.Row row) {
    Optional<ChannelDefinition> read = definitions.read(row);
    String key = ChannelStore.key(row.owner(), row.name());
    if (read.isPresent()) {
      unreadable.remove(key);
    } else if (unreadable.add(key)) {
      LOG.log(
          Level.ERROR,
          "channel {0} sends nothing: its definition cannot be read with this secret.key; give the"
              + " key it was stored with, or define the channel again",
          key);
    }
    return read;
  }

  @Override
  public void close() {
    loop.close();
  }
}
