"""Pure: words that every question has and no article is about. They say nothing of what somebody wants to know.

Our own lists, for the two languages that the demo speaks; for others none. As
`chat.terms.split` gives words: lower case, no apostrophes, no dots over the Russian e.
"""

_EN = """
a about actually all also am an and any anybody anyone anything are arent as at be because been being but by can cannot
cant could couldnt did didnt do does doesnt doing done dont during each either else ever every for from get gets getting
give go goes going gonna got had has hasnt have havent having hello help here hey hi his how however i id if ill im in
into is isnt it its ive just kind know let lets like likely long look looking make makes many may maybe me might mine
more most much must my myself need needs never no nor not now of off oh ok okay on one ones only onto or other our ours
out over own please possible possibly question quite rather really right same say see shall she should shouldnt so some
somebody someone something sort still such sure take takes tell than thank thanks that thats the their them then there
theres these they thing things this those though to too try trying u under until up upon us use used using very via want
wants was wasnt way we well were what whats when where wheres whether which while who whom whose why will with without
wont would wouldnt yes yet you your yours yourself
"""
_RU = """
а ага алло без более бы был была были было быть в вам вами вас ваш ваша ваше вашего вашей ваши ваших взять во вот все
всего всех всю вы где да давайте даже день для до добрый должен должна должно должны его ее ей если есть еще же за здесь
здравствуйте и из или им именно ими их к каждый как какая какие каким какими каких какого какое какой какую ко когда
кого кому которая которое которые который кто ли либо лучше люди меня мне много мной могу могут мое моего моей может
можете можно мои моих мой мочь моя мы на надо нам нами нас наш не него нее ней нельзя нет ни никак них но ну нужен нужна
нужно нужны о об один одна одно он она они оно от очень по под подскажите пожалуйста пока покажите помогите почему при
привет про просто раз разве расскажите с сам свое своего своей свои своих свой свою своя себе себя сейчас скажите
сказать сколько случае случай со совсем спасибо сразу так такая такие такой там те тем теперь то тоже только том тот три
тут ты у уж уже узнать хотел хотела хотелось хотеть хочу чего чем через что чтобы чтото эта эти этих это этого этой этом
этот эту я
"""

STOP: dict[str, frozenset[str]] = {"en": frozenset(_EN.split()), "ru": frozenset(_RU.split())}
