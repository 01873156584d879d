import Testing

@testable import HubClient

struct RetryPolicyTests {
    private func error(_ status: Int?, code: String = "x", retryAfter: Duration? = nil) -> HubClientError {
        HubClientError(code: code, status: status, retryAfter: retryAfter, message: "")
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func sendsAgainWhereTheContractSaysSo(status: Int) {
        #expect(RetryPolicy().pause(after: error(status), attempt: 1, jitter: 1) == .milliseconds(200))
    }

    @Test(arguments: [400, 401, 403, 404, 409, 412, 413, 415, 422, 501])
    func neverRepeatsARefusal(status: Int) {
        #expect(RetryPolicy().pause(after: error(status), attempt: 1, jitter: 1) == nil)
    }

    @Test(arguments: [("unreachable", true), ("timed-out", true), ("bad-url", false), ("bad-answer", false)])
    func repeatsWhatNobodyAnswered(code: String, isRepeated: Bool) {
        let pause = RetryPolicy().pause(after: error(nil, code: code), attempt: 1, jitter: 1)
        #expect((pause != nil) == isRepeated)
    }

    @Test func pausesDoubleUpToTheLongest() {
        var policy = RetryPolicy()
        policy.limit = 100
        policy.longestPause = .seconds(1)
        let pauses = [1, 2, 3, 4, 90].map { policy.pause(after: error(503), attempt: $0, jitter: 1) }
        #expect(pauses == [.milliseconds(200), .milliseconds(400), .milliseconds(800), .seconds(1), .seconds(1)])
    }

    @Test func jitterSpreadsOverTheUpperHalf() {
        #expect(RetryPolicy().pause(after: error(503), attempt: 1, jitter: 0) == .milliseconds(100))
        #expect(RetryPolicy().pause(after: error(503), attempt: 1, jitter: 0.5) == .milliseconds(150))
    }

    @Test func endsAfterItsLimit() {
        #expect(RetryPolicy().pause(after: error(503), attempt: 4, jitter: 1) != nil)
        #expect(RetryPolicy().pause(after: error(503), attempt: 5, jitter: 1) == nil)
        #expect(RetryPolicy.never.pause(after: error(503), attempt: 1, jitter: 1) == nil)
    }

    @Test func waitsAsLongAsTheHubAsks() {
        let pause = RetryPolicy().pause(after: error(429, retryAfter: .seconds(7)), attempt: 1, jitter: 1)
        #expect(pause == .seconds(7))
    }

    @Test func givesUpWhereTheHubAsksForLongerThanItWaits() {
        let pause = RetryPolicy().pause(after: error(503, retryAfter: .seconds(31)), attempt: 1, jitter: 1)
        #expect(pause == nil)
    }
}
