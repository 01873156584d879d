import Testing

@testable import PostgresClient

@Suite struct FIFOTests {
    @Test func whatComesFirstGoesFirst() {
        var queue = FIFO<Int>()
        var expected: [Int] = []
        var taken: [Int] = []
        // Long enough for the storage to be moved several times.
        for number in 0..<1000 {
            queue.append(number)
            expected.append(number)
            if number % 3 != 0, let element = queue.popFirst() { taken.append(element) }
            #expect(queue.count == expected.count - taken.count)
        }
        while let element = queue.popFirst() { taken.append(element) }
        #expect(taken == expected)
        #expect(queue.isEmpty && queue.first == nil && queue.popFirst() == nil)
    }

    @Test func elementsAreFoundChangedAndTakenOut() {
        var queue = FIFO<Int>()
        for number in 0..<6 { queue.append(number) }
        #expect(queue.popFirst() == 0)
        #expect(queue.remove { $0 == 3 } == 3)
        #expect(queue.remove { $0 == 0 } == nil, "it was taken")
        queue.update(where: { $0 > 3 }) { $0 *= 10 }
        #expect(queue.updateFirst { $0 = -1 } != nil)
        #expect(queue.contains { $0 == 40 } && !queue.allSatisfy { $0 > 0 })
        queue.prepend([7, 8])
        #expect(queue.removeAll() == [7, 8, -1, 2, 40, 50])
        #expect(queue.updateFirst { $0 = 1 } == nil)
        queue.prepend([1])
        #expect(queue.first == 1 && queue.count == 1)
    }
}
