/// One thing that is wrong with what somebody sent, in a form that both a
/// program and a person can act on.
///
/// A reader of input collects all its faults before it refuses, so that a
/// sender mends everything in one round. A fault never repeats the offending
/// value: values may be personal, and faults end in logs and on screens.
public struct InputFault: Error, Sendable, Hashable {
    /// Where it is: a JSON Pointer into the structured form
    /// (`/data/employer/name`), `attribute:<name>`, `query:<name>` or
    /// `header:<name>`; empty for the whole.
    public var path: String
    /// A stable machine code in kebab case, such as `duplicate-key`.
    public var code: String
    /// What is wrong and what to do, in English: lower case, no period.
    public var message: String
    /// The same in Chinese.
    public var messageZh: String

    /// A fault at a path.
    public init(path: String, code: String, message: String, messageZh: String) {
        self.path = path
        self.code = code
        self.message = message
        self.messageZh = messageZh
    }
}
