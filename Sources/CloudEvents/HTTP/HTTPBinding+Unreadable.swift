extension HTTPBinding {
    /// Why headers cannot be read; nil when they can.
    ///
    /// Servers hand headers over as text and put U+FFFD in the place of bytes
    /// that are no UTF-8. Different values would then become the same one, an
    /// id for instance, and the second event would be lost. Who means U+FFFD
    /// writes it percent-encoded, as the binding wants it anyway (section
    /// 3.1.3.2).
    static func unreadable(_ headers: [(name: String, value: String)]) -> Failure? {
        var faults = FaultList()
        for header in headers {
            let lost = header.value.unicodeScalars.count { $0 == "\u{FFFD}" }
            guard lost > 0 else { continue }
            faults.record(fault(of: header.name, lost: lost))
        }
        return faults.isEmpty ? nil : .faults(code: "bad-header", faults.all)
    }

    /// The bytes are gone, so what they were can only be guessed: a character
    /// of GBK leaves two gaps.
    private static func fault(of name: String, lost: Int) -> InputFault {
        var message = "the header is not UTF-8; write what is not ASCII percent-encoded"
        var messageZh = "请求头不是有效的UTF-8，非ASCII字符请用百分号编码"
        if lost > 1 {
            message += "; it looks like GBK/GB18030, convert it to UTF-8 first"
            messageZh += "；疑似 GBK/GB18030，请先转为 UTF-8"
        }
        return InputFault(
            path: FaultPath.header(name), code: "bad-header", message: message, messageZh: messageZh)
    }
}
