/// How much one hub process takes on at once. Beyond it callers are told to
/// come again, with 429 or 503 and `Retry-After`, before memory grows.
///
/// What units share is shared out by ``FairShare``: one alone has at most half.
package struct ServingLimits: Sendable, Hashable {
    /// Connections; fewer where the system lets the process open fewer files.
    /// 10,000 unless set.
    package var connections = 10_000
    /// Event streams, long polls and fetches of one unit. 1,000 unless set: a unit has a
    /// screen or a few programs, and nobody needs a stream for each event.
    package var waitsPerUnit = 1_000
    /// Bytes of request bodies in memory, of all requests that are not yet
    /// answered. 64 MiB unless set; one batch is 8 MiB at the most, and what is
    /// made of a body while it is judged takes several times as much.
    package var bodyBytes = 64 << 20
    /// Bytes that wait for the readers of streams. 64 MiB unless set.
    package var streamBytes = 64 << 20
    /// Readings of the database and dry runs at once. 16 unless set, four for
    /// each connection that serves reads.
    package var readings = 16
    /// Requests that may wait for their reading. 1,000 unless set.
    package var readingsWaiting = 1_000
    /// How long a client may take to send the head of a request, counted from
    /// its first byte, for the first request from the connecting. 30 s unless set.
    package var headTimeout: Duration = .seconds(30)

    /// The stated defaults.
    package init() {}
}
