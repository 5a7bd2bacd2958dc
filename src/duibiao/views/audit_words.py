"""The audit trail in words: what was done, and in which role; the code stands beside it, for it is what is hashed."""

from duibiao.kernel.text import Text
from duibiao.store.accounts.model import ACCOUNT_ROLE_WORDS
from duibiao.store.issues_flow import ISSUE_ACTION_WORDS
from duibiao.store.workflow import ACTION_WORDS, ROLE_WORDS

_WORDS = {
    "account.create": Text("建立账号", "account made"),
    "account.active": Text("启用账号", "account opened"),
    "account.disabled": Text("停用账号", "account closed"),
    "account.unlock": Text("解除锁定", "account unlocked"),
    "account.link": Text("关联统一身份", "single sign-on linked"),
    "account.unlink": Text("取消关联统一身份", "single sign-on unlinked"),
    "account.reset_password": Text("重置密码", "password reset"),
    "account.reset_totp": Text("重置二次验证", "second factor reset"),
    "account.demonstration": Text("建立演示账号", "demonstration account made"),
    "audit.check": Text("核验审计记录", "audit trail checked"),
    "audit.export": Text("导出审计记录", "audit trail exported"),
    "login": Text("登录", "signed in"),
    "login.failed": Text("登录失败", "sign-in failed"),
    "password.change": Text("修改密码", "password changed"),
    "password.wrong": Text("密码错误", "wrong password"),
    "publish": Text("发布快照", "snapshot published"),
    "publish.prepare": Text("发布：写快照", "publishing: snapshot written"),
    "publish.recorded": Text("发布：登记", "publishing: recorded"),
    "publish.current": Text("发布：快照生效", "publishing: snapshot in force"),
    "publish.withdrawn": Text("发布：撤回", "publishing: withdrawn"),
    "role.grant": Text("授予角色", "role granted"),
    "role.revoke": Text("收回角色", "role withdrawn"),
    "session.end": Text("退出登录", "session ended"),
    "session.end_all": Text("结束全部登录", "all sessions ended"),
    "setting.change": Text("修改设置", "setting changed"),
    "store.create": Text("建库", "store made"),
    "store.migrate": Text("升级数据库", "store migrated"),
    "token.create": Text("发放接口令牌", "token made"),
    "token.revoke": Text("作废接口令牌", "token revoked"),
    "totp.add": Text("启用二次验证", "second factor added"),
    "totp.remove": Text("取消二次验证", "second factor removed"),
    "totp.codes": Text("更换恢复码", "recovery codes renewed"),
    "units.put": Text("登记单位", "units registered"),
}

_STEPS = {
    **{f"report.{one.value}": Text(f"报表：{words.zh}", f"return: {words.en}") for one, words in ACTION_WORDS.items()},
    **{
        f"issue.{one.value}": Text(f"问题：{words.zh}", f"issue: {words.en}")
        for one, words in ISSUE_ACTION_WORDS.items()
    },
}
_ROLES = {
    "account_holder": Text("本人", "the account's holder"),
    **{one.value: words for one, words in ACCOUNT_ROLE_WORDS.items()},
    **{one.value: words for one, words in ROLE_WORDS.items()},
}


def action_words(action: str) -> Text:
    """What a line of the trail tells; the code itself for one this version does not know."""
    return _WORDS.get(action) or _STEPS.get(action) or Text(action)


def acting_words(role: str) -> Text:
    """In which role somebody acted; the code itself for one this version does not know."""
    return _ROLES.get(role) or Text(role)
