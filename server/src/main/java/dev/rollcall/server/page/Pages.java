package dev.rollcall.server.page;

import dev.rollcall.server.account.Accounts;
import dev.rollcall.server.channel.Channels;
import dev.rollcall.server.channel.page.ChannelPages;
import dev.rollcall.server.cluster.Cluster;
import dev.rollcall.server.group.GroupPages;
import dev.rollcall.server.group.Groups;
import dev.rollcall.server.heartbeat.overview.HeartbeatOverview;
import dev.rollcall.server.heartbeat.page.HeartbeatPages;
import dev.rollcall.server.http.BasePath;
import dev.rollcall.server.http.ErrorShape;
import dev.rollcall.server.http.Route;
import dev.rollcall.server.incident.Incidents;
import dev.rollcall.server.incident.page.AcknowledgePages;
import dev.rollcall.server.incident.page.IncidentPages;
import dev.rollcall.server.incident.page.MaintenancePages;
import dev.rollcall.server.monitor.Monitor;
import dev.rollcall.server.monitor.page.ServicePages;
import dev.rollcall.server.node.registry.NodePages;
import dev.rollcall.server.node.registry.Nodes;
import dev.rollcall.server.outbox.Outbox;
import dev.rollcall.server.sql.Database;
import dev.rollcall.server.sql.StorageException;
import dev.rollcall.server.time.Clock;
import dev.rollcall.server.web.Html;
import dev.rollcall.server.web.OncePerSecond;
import dev.rollcall.server.web.Site;
import dev.rollcall.server.web.Texts;
import gg.jte.Content;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// All pages as one site: which sections it has, and what the first page shows besides services.
public final class Pages implements AutoCloseable {
  private final Site site;
  private final ServicePages services;
  private final HeartbeatPages heartbeats;
  private final IncidentPages incidents;
  private final List<Route> acknowledging;
  private final GroupPages groups;
  private final NodePages nodes;
  private final List<Route> maintenance;
  private final List<Route> channels;
  private final List<Route> accounts;
  private final List<Route> cluster;

  /// @param base below which the routes are
  /// @param network the results of nodes
  /// @param known the nodes that report here
  /// @param told whether somebody is told of what is wrong with what an owner has
  /// @param notice the notice at the top of every page; empty: none
  /// @param people who may have accounts
  /// @param others the processes that share the database, if any can
  /// @param database is asked whether it can be reached
  public Pages(
      BasePath base,
      Monitor monitor,
      HeartbeatOverview heartbeatOverview,
      Supplier<NetworkSummary> network,
      Nodes known,
      Alerting alerting,
      LongPredicate told,
      Supplier<String> notice,
      Accounts people,
      Optional<Cluster> others,
      Database database,
      Clock clock) {
    Texts texts = Texts.ENGLISH;
    site =
        new Site(
            base,
            texts,
            sections(texts),
            notice,
            told,
            alerting.incidents()::open,
            StorageException.class::isInstance,
            database::requireReachable);
    Supplier<NetworkSummary> measured = new OncePerSecond<>(network, clock);
    incidents = new IncidentPages(alerting.incidents(), alerting.outbox(), site, clock);
    acknowledging = new AcknowledgePages(alerting.incidents(), site, clock).routes();
    groups = new GroupPages(alerting.groups(), IncidentPages.SECTION, site, clock);
    nodes = new NodePages(known, ServicePages.SECTION, site, clock);
    maintenance = new MaintenancePages(alerting.incidents(), site, clock).routes();
    channels =
        new ChannelPages(alerting.channels().list(), alerting.outbox(), site, clock).routes();
    services =
        new ServicePages(
            monitor.overview(),
            () -> summary(site, measured.get()),
            monitor.details(),
            incidents::ofService,
            site,
            clock);
    heartbeats = new HeartbeatPages(heartbeatOverview, site, clock);
    accounts = people.pages(site);
    cluster = others.isPresent() ? others.get().pages(ServicePages.SECTION, site) : List.of();
  }

  /// What the pages of incidents and channels show.
  public record Alerting(Incidents incidents, Groups groups, Channels channels, Outbox outbox) {}

  private static List<Site.Section> sections(Texts texts) {
    return List.of(
        new Site.Section(
            ServicePages.SECTION,
            "/",
            texts.of("section.services"),
            texts.of("section.services.invitation"),
            true,
            false),
        new Site.Section(
            HeartbeatPages.SECTION,
            "/heartbeats",
            texts.of("section.heartbeats"),
            texts.of("section.heartbeats.invitation"),
            true,
            false),
        new Site.Section(
            IncidentPages.SECTION,
            "/incidents",
            texts.of("section.incidents"),
            texts.of("section.incidents.invitation"),
            true,
            true),
        new Site.Section(
            MaintenancePages.SECTION,
            "/maintenance",
            texts.of("section.maintenance"),
            texts.of("section.maintenance.invitation"),
            true,
            false),
        new Site.Section(
            ChannelPages.SECTION,
            "/channels",
            texts.of("section.channels"),
            texts.of("section.channels.invitation"),
            false,
            false),
        new Site.Section(
            "account",
            "/account",
            texts.of("section.account"),
            texts.of("section.account.invitation"),
            false,
            false));
  }

  static Content summary(Site site, NetworkSummary network) {
    return Html.part(out -> JtenetworkGenerated.render(out, Html.NONE, site, network));
  }

  /// The form of errors if a browser asks for a page.
  public ErrorShape errors() {
    return site.errors();
  }

  /// The pages, their streams, and the files they link to.
  ///
  /// @param recorded records the changes that forms make, besides those of accounts
  public List<Route> routes(UnaryOperator<List<Route>> recorded) {
    ErrorShape errors = errors();
    return Stream.of(
            site.routes(),
            services.routes(),
            heartbeats.routes(),
            recorded.apply(incidents.routes()),
            acknowledging,
            groups.routes(),
            nodes.routes(),
            recorded.apply(maintenance),
            recorded.apply(channels),
            accounts,
            cluster)
        .flatMap(List::stream)
        .map(route -> route.withErrors(errors))
        .toList();
  }

  /// Stops the updates of open pages.
  @Override
  public void close() {
    services.close();
    heartbeats.close();
    incidents.close();
    groups.close();
    nodes.close();
  }
}
