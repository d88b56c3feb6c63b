"""What went wrong with a file or a socket in Chinese words: the system has English ones only."""

import errno

_CHINESE = {
    errno.EACCES: "没有权限",
    errno.EADDRINUSE: "该地址和端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.EDQUOT: "超出磁盘配额",
    errno.EEXIST: "已经存在",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.ENOENT: "没有这个文件或文件夹",
    errno.ENOSPC: "磁盘空间不足",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EPERM: "不允许这样操作",
    errno.EROFS: "文件系统只读",
    errno.ETIMEDOUT: "等待超时",
}
"""By number of the error; the system's own words stand behind, in parentheses."""


def chinese(error: Exception) -> str:
    """What went wrong; the error's own words where it is none of the system's usual ones."""
    own = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    words = _CHINESE.get(error.errno or 0) if isinstance(error, OSError) else None
    return f"{words}（{own}）" if words else own
