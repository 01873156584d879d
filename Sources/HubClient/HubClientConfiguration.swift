/// Where the hub is, who speaks to it, and how patient the client is.
public struct HubClientConfiguration: Sendable, Hashable {
    /// The hub's base address without a path, such as `http://127.0.0.1:8320`.
    public var url: String
    /// Base addresses of further processes of the same hub. A call that finds
    /// one of them down, or stopping, goes to the next at once and stays there;
    /// all of it is safe, because every request is. None unless set: then a
    /// proxy before the hub does the same.
    public var alternatives: [String] = []
    /// The bearer token, `lk_…`; nil for the endpoints that need none.
    public var token: String?
    /// How long a connection may take to open. 5 s unless set.
    public var connectTimeout: Duration = .seconds(5)
    /// How long an answer may take to begin. 30 s unless set; a long poll adds
    /// what it asks the hub to wait.
    public var answerTimeout: Duration = .seconds(30)
    /// After this without a byte a connection counts as dead; a stream is then
    /// opened again. 75 s unless set: the hub sends a comment every 15 s on a
    /// stream, and may be silent for 60 s in a long poll.
    public var silenceTimeout: Duration = .seconds(75)
    /// When and how often a request is sent again.
    public var retries = RetryPolicy()
    /// When and how often a feed that is being followed is read on after it
    /// broke. Without end unless set, after at most 10 s each time.
    public var feedRetries = RetryPolicy.persistent
    /// The language of titles and advice in problems: `en` or `zh`. `en` unless set.
    public var language = "en"
    /// Told to the hub in `User-Agent`.
    public var userAgent = "liankong-client/1"

    /// A configuration with the stated defaults.
    public init(url: String, token: String?) {
        self.url = url
        self.token = token
    }

    /// A configuration for a hub of several processes, tried in this order: give
    /// your programs different ones, so that they spread.
    ///
    /// - Parameter urls: at least one.
    public init(urls: [String], token: String?) {
        self.init(url: urls.first ?? "", token: token)
        alternatives = Array(urls.dropFirst())
    }
}
