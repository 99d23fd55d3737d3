// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import Logging
public import TrustCore

/// The server's log: one line for each thing that happens, as text or as JSON.
///
/// What is foreign in a line (a path) is escaped, so that nobody can write lines of their own.
public struct ServerLog: LogHandler {
    /// How a line is written.
    public enum Format: Sendable {
        /// The time, the level, the message, and `name=value`.
        case text
        /// One JSON object a line.
        case json
    }

    /// What every line of this logger has.
    public var metadata: Logger.Metadata = [:]
    /// What is less important is left out.
    public var logLevel: Logger.Level
    private let format: Format
    private let now: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void

    /// A logger that writes lines.
    ///
    /// - Parameters:
    ///   - format: how a line is written.
    ///   - level: what is less important is left out.
    ///   - now: the time.
    ///   - write: takes a line with its end.
    public static func logger(
        _ format: Format,
        level: Logger.Level = .info,
        now: @escaping @Sendable () -> Timestamp,
        write: @escaping @Sendable (String) -> Void
    ) -> Logger {
        Logger(label: "kingsnake") { _ in
            ServerLog(logLevel: level, format: format, now: now, write: write)
        }
    }

    private init(
        logLevel: Logger.Level,
        format: Format,
        now: @escaping @Sendable () -> Timestamp,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.logLevel = logLevel
        self.format = format
        self.now = now
        self.write = write
    }

    /// One value that every line has.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var all = metadata
        if let more = event.metadata { all = all.isEmpty ? more : all.merging(more) { $1 } }
        // Hummingbird numbers requests on its own; ours is the one that clients are told.
        all["hb.request.id"] = nil
        let shown = all.sorted { $0.key < $1.key }
        switch format {
        case .text:
            var line = "\(now())"
            line.reserveCapacity(256)
            line += " "
            line += event.level.rawValue
            line += " "
            line += Self.escaped("\(event.message)")
            for (key, value) in shown {
                line += " "
                line += key
                line += "="
                if case .string(let text) = value {
                    line += Self.escaped(text)
                } else {
                    line += Self.escaped("\(value)")
                }
            }
            line += "\n"
            write(line)
        case .json:
            var object = JSONObject()
            object["time"] = .string("\(now())")
            object["level"] = .string(event.level.rawValue)
            object["message"] = .string("\(event.message)")
            for (key, value) in shown { object[key] = .string("\(value)") }
            write(String(decoding: JSONWriter.encode(.object(object)), as: UTF8.self) + "\n")
        }
    }

    /// Text of one line without control characters.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return text }
        return text.unicodeScalars.map {
            $0.value < 0x20 || $0.value >= 0x7F ? "\\u{\(String($0.value, radix: 16))}" : "\($0)"
        }
        .joined()
    }
}
