/// How a pool stands, and what happened to its connections since it was made.
package struct PostgresPoolStatistics: Sendable, Hashable {
    /// How many connections it may have.
    package internal(set) var size = 0
    /// Connections that serve.
    package internal(set) var open = 0
    /// Connections being made.
    package internal(set) var connecting = 0
    /// Connections that take no more work and are about to be closed.
    package internal(set) var retiring = 0
    /// Connections that a transaction has to itself.
    package internal(set) var leased = 0
    /// Queries that connections have been given and not answered.
    package internal(set) var underWay = 0
    /// Callers that wait for a connection.
    package internal(set) var waiting = 0
    /// How often a connection was opened.
    package internal(set) var opened = 0
    /// How often a connection could not be made.
    package internal(set) var failedAttempts = 0
    /// How often the server or the network ended a connection.
    package internal(set) var lost = 0
    /// How often a connection was closed because a statement on it was
    /// cancelled or a transaction left open.
    package internal(set) var discarded = 0
}
