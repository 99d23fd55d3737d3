// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A regular file below a served folder, reached without following a link.
struct ServedFile {
    /// A strong validator: a file that was replaced or written to has another one.
    let tag: String
    /// The time of its last change, as HTTP writes it.
    let modified: String
    private let path: String
    private let length: Int

    init?(root: String, names: [String]) {
        var path = root
        var status = stat()
        for (index, name) in names.enumerated() {
            path += "/" + name
            let kind = index == names.count - 1 ? S_IFREG : S_IFDIR
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == kind else { return nil }
        }
        self.path = path
        length = Int(status.st_size)
        #if canImport(Darwin)
            let change = status.st_mtimespec
        #else
            let change = status.st_mtim
        #endif
        tag = "\"\(status.st_ino)-\(status.st_size)-\(change.tv_sec).\(change.tv_nsec)\""
        modified = Self.date(change.tv_sec)
    }

    /// The bytes; large files are mapped, so that serving one takes no memory to speak of.
    func contents() -> Data? {
        let options: Data.ReadingOptions = length > 8 << 20 ? .alwaysMapped : []
        return try? Data(contentsOf: URL(fileURLWithPath: path), options: options)
    }

    private static func date(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)])"
        let time = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day) \(Int(parts.tm_year) + 1900) \(time) GMT"
    }
}
