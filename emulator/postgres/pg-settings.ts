/** Postgres settings by name. */
export type PgSettings = Readonly<Record<string, string>>;

/**
 * What the emulator decides itself: files, network, log, archiving, recovery, standbys, preloaded libraries, and how much
 * memory a server takes. Users' values of these are kept and shown as any other, and have no effect.
 */
const MANAGED = new RegExp(
  `^(${[
    "data_directory|(config|hba|ident|external_pid)_file|allow_alter_system",
    "listen_addresses|port|unix_socket_.*|bonjour.*|ssl.*|krb_.*|gss_.*|superuser_reserved_connections|reserved_connections",
    "log_destination|logging_collector|log_line_prefix|log_min_messages|lc_messages|syslog_.*|event_source",
    "wal_level|wal_recycle|wal_init_zero|max_wal_senders|archive_.*|fsync|full_page_writes",
    "restore_command|recovery_.*|primary_.*|promote_.*|hot_standby|synchronous_standby_names|max_prepared_transactions",
    ".*_preload_libraries|dynamic_library_path",
    "shared_buffers|huge_pages.*|(dynamic_)?shared_memory_type|min_dynamic_shared_memory|transaction_timeout",
  ].join("|")})$`,
  "i",
);

export function isManaged(name: string): boolean {
  return MANAGED.test(name);
}

/** The text of postgresql.conf: small and quick to start, and what users say on top. */
export function configuration(settings: PgSettings, durable: boolean): string {
  const own = Object.entries(settings).filter(([name]) => !isManaged(name));
  const lines = [...Object.entries(defaults(durable)), ...own].map(([name, value]) => `${name} = ${quote(value)}`);
  return `${lines.join("\n")}\n`;
}

function defaults(durable: boolean): PgSettings {
  return {
    // Above the figure of any compute size that the product documents (0.5 CU 104 … 3 CU 629 connections).
    max_connections: "1000",
    shared_buffers: "64MB",
    jit: "off",
    huge_pages: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    fsync: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
  };
}

/** As the file wants it: a backslash begins an escape there, and a line ends with the line. */
function quote(value: string): string {
  return `'${value
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "''")
    .replaceAll(/[\0\r\n]/g, " ")}'`;
}
